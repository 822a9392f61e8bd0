import { troubleOf } from './trouble.js';

const wayOut = {
  away: 'Check that it runs, and that its address, user and password are right (DATABASE_URL).',
  full: 'Free space on the disk of PostgreSQL, or make it writable again.',
  slow: 'Start again when PostgreSQL has less to do.',
};

/**
 * Says in one line why a process cannot start with its database, and what to do. Gives undefined for any other error:
 * that is a fault of ours, and needs its stack.
 *
 * @example explainStartFault(error) // 'PostgreSQL cannot be used: connect ECONNREFUSED 127.0.0.1:5432. Check that …'
 */
export function explainStartFault(error: unknown): string | undefined {
  const trouble = troubleOf(error);
  return trouble ? `PostgreSQL cannot be used: ${reasonOf(error as Error)}. ${wayOut[trouble]}` : undefined;
}

/** An error over several addresses of one host has its reasons in a list, and no message. */
function reasonOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(({ message }: Error) => message).join('; ');
  return error.message || error.name;
}
