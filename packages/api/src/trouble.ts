import type { ErrorCode } from '@showroom/contract';
import { type Trouble, troubleOf } from '@showroom/database';
import { ApiError } from './errors.js';

/** How each trouble of PostgreSQL is answered, and after how many seconds it makes sense to ask again. */
const answers = {
  away: { error: 'server.database_away', retryAfter: 5 },
  full: { error: 'server.disk_full', retryAfter: 60 },
  slow: { error: 'server.too_slow', retryAfter: 10 },
} as const satisfies Record<Trouble, { error: ErrorCode; retryAfter: number }>;

/** The answer to a failure that is PostgreSQL's trouble; null when it is not. The cause is kept for the log alone. */
export function toTrouble(error: unknown): ApiError | null {
  if (error instanceof ApiError) return null;
  const trouble = troubleOf(error);
  if (!trouble) return null;
  const { error: code, retryAfter } = answers[trouble];
  return new ApiError(code, undefined, { retryAfter, cause: error });
}

/** The failure as it is answered: PostgreSQL's trouble by its name, everything else as it is. */
export const orTrouble = <Failure>(error: Failure): Failure | ApiError => toTrouble(error) ?? error;

export const isTrouble = (error: unknown): error is ApiError =>
  error instanceof ApiError && Object.values(answers).some((answer) => answer.error === error.error);

/** Notes something beside a request. With a full disk it is left out: reading goes on. */
export const unlessFull = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((error) => {
    if (troubleOf(error) !== 'full') throw error;
  });

/** So often at most is one trouble written down: while PostgreSQL is away, every request meets it. */
const quietMs = 10_000;
const written = new Map<ErrorCode, { at: number; untold: number }>();

/** Whether to write this one down, and how many there were that nobody wrote down since the last. */
export function toldOf({ error }: ApiError): { untold: number } | null {
  const last = written.get(error);
  if (last && performance.now() - last.at < quietMs) {
    last.untold += 1;
    return null;
  }
  written.set(error, { at: performance.now(), untold: 0 });
  return { untold: last?.untold ?? 0 };
}
