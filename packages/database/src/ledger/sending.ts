import type { Database } from '../database.js';

/** SQL: whether an operator has stopped all sending. */
export const isSendingStopped = 'EXISTS (SELECT FROM sending_stop)';

/** Who stopped all sending, when and why. */
export interface SendingStop {
  readonly reason: string;
  readonly by: string;
  readonly since: Date;
}

const readStop = 'SELECT reason, stopped_by AS by, since FROM sending_stop';

/** Null while sending goes on. */
export const readSendingStop = async ({ sql }: Pick<Database, 'sql'>): Promise<SendingStop | null> =>
  (await sql<SendingStop>(readStop))[0] ?? null;

/** For a readiness check: nothing while sending goes on. */
export const tellStopped = async (database: Pick<Database, 'sql'>): Promise<string | undefined> =>
  (await readSendingStop(database)) ? 'stopped' : undefined;
