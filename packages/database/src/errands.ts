import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import type { Sequelize } from 'sequelize';
import { cancelStatement } from './cancel-statement.js';

/** What statements are run for. Whatever `within` calls belongs to it, however deep. */
interface Errand {
  /** Runs on the connections that are kept for steering, so that it never waits behind slow reads. */
  readonly steers: boolean;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

export type Within = <T>(errand: Errand, work: () => Promise<T>) => Promise<T>;

/** The time of an errand is over before a connection was free. */
class TimeIsUpError extends Error {
  override readonly name = 'TimeIsUpError';
}

/** The part of Sequelize's connections that is of use here; one that is invalid is not lent again. */
type Connection = pg.Client & { _invalid?: boolean };
type Manager = Sequelize['connectionManager'] & { destroyConnection(connection: object): Promise<void> };

/** So long after it was cancelled may a statement go on; PostgreSQL may not be there to hear of it. */
const graceMs = 1_000;

/**
 * Lends Sequelize's connections to errands: those that steer have their own, and an errand that is over gives its
 * connection back. Its statement is cancelled, and the connection is closed, for nobody knows what it is in.
 *
 * @param kept has the connections for steering; null when there are none of their own
 * @returns runs work as an errand, for `timeoutMs` at the longest
 */
export function lendConnections(sequelize: Sequelize, kept: Sequelize | null, timeoutMs: number): Within {
  const current = new AsyncLocalStorage<Errand>();
  const own = sequelize.connectionManager as Manager;
  const plain = {
    get: own.getConnection.bind(own),
    release: own.releaseConnection.bind(own),
    destroy: own.destroyConnection.bind(own),
  };
  const steering = kept?.connectionManager as Manager | undefined;
  const loans = new WeakMap<object, { isKept: boolean; stop(): void }>();

  own.getConnection = async (options) => {
    const { steers = false, signal } = current.getStore() ?? {};
    const isKept = steers && steering !== undefined;
    const acquiring = isKept ? steering.getConnection(options) : plain.get(options);
    const connection = (await (signal ? unlessAborted(acquiring, signal, giveBack) : acquiring)) as Connection;
    loans.set(connection, { isKept, stop: signal ? cancelOn(signal, connection) : () => {} });
    return connection;

    function giveBack(late: object): void {
      if (isKept) steering?.releaseConnection(late);
      else plain.release(late);
    }
  };
  own.releaseConnection = (connection) => {
    const loan = loans.get(connection);
    loan?.stop();
    return loan?.isKept && steering ? steering.releaseConnection(connection) : plain.release(connection);
  };
  own.destroyConnection = (connection) => {
    const loan = loans.get(connection);
    loan?.stop();
    return loan?.isKept && steering ? steering.destroyConnection(connection) : plain.destroy(connection);
  };

  return async ({ steers, signal }, work) => {
    const over = new AbortController();
    const end = () => over.abort();
    const timer = setTimeout(end, timeoutMs);
    signal?.addEventListener('abort', end, { once: true });
    if (signal?.aborted) end();
    try {
      return await current.run({ steers, signal: over.signal }, work);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  };
}

function unlessAborted<T extends object>(
  acquiring: Promise<T>,
  signal: AbortSignal,
  giveBack: (late: T) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      reject(new TimeIsUpError('no connection was free in time'));
      acquiring.then(giveBack, () => {});
    };
    if (signal.aborted) return giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    const done = () => signal.removeEventListener('abort', giveUp);
    acquiring.then(
      (connection) => {
        done();
        if (!signal.aborted) resolve(connection);
      },
      (error) => {
        done();
        reject(error);
      },
    );
  });
}

function cancelOn(signal: AbortSignal, connection: Connection): () => void {
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => {
    connection._invalid = true;
    cancelStatement(connection);
    timer = setTimeout(() => connection.connection.stream.destroy(), graceMs);
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  };
}
