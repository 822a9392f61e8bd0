import type pg from 'pg';

/*
 * A connection can fall silent: a firewall forgets it, or a network breaks. No error says so, and TCP would wait for a
 * quarter of an hour. So every statement has a time-out. Its connection is dropped then, and another one is opened.
 */

/** How long PostgreSQL may work on a statement of the hot path: one that is longer is cancelled, and tried again. */
const statementMs = 7_000;
/** How long an answer may take in all. */
const answerMs = 8_000;
/** How long a connection may take to open. */
export const connectMs = 5_000;
/** How long a goodbye may take. */
export const closeMs = 2_000;
/** How long a transaction may stand still between two statements before PostgreSQL undoes it: its locks go with it. */
const idleInTransactionMs = 10_000;
/** How long an answer to the API may take, whose lists and sums may be long. */
export const answerAtLengthMs = 60_000;
/** What may take long: the start of millions, the removal of what is deleted, and sums. */
export const longStatementMs = 3_600_000;

/** PostgreSQL notices within 15 s that a worker cannot be reached any more, and frees what it held. */
const serverKeepalive =
  '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=5 -c tcp_user_timeout=15000';

const keepalive = { keepAlive: true, keepAliveInitialDelayMillis: 5_000, connectionTimeoutMillis: connectMs };

export const hotLimits = {
  ...keepalive,
  options: `${serverKeepalive} -c idle_in_transaction_session_timeout=${idleInTransactionMs} -c statement_timeout=${statementMs}`,
  query_timeout: answerMs,
} satisfies pg.ClientConfig;

/** Whether PostgreSQL itself said no: then the connection goes on. After anything else nobody knows what it will do. */
export const isAnswer = (error: unknown): boolean => (error as { severity?: string } | null)?.severity === 'ERROR';

/** Where one connection is silent, others may be: those that nobody uses now are dropped with it, not found one by one. */
export function dropIdleWithSilent(pool: pg.Pool): void {
  pool.on('release', (error: Error | boolean | undefined) => {
    // `true` is our own, below.
    if (!error || error === true || isAnswer(error)) return;
    for (let idle = pool.idleCount; idle > 0; idle--) {
      pool.connect().then(
        (client) => client.release(true),
        () => {},
      );
    }
  });
}
