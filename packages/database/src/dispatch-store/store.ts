import { hostname } from 'node:os';
import type { DispatchStore } from '@showroom/dispatch';
import pg from 'pg';
import { exactParsers } from '../parsers.js';
import { claim } from './claim.js';
import { finish } from './finish.js';
import { createLimits } from './limits.js';
import { countLiveWorkers, WorkerSessions } from './session.js';
import { mark, release, renew, settle } from './settle.js';
import { startMailing } from './start/start.js';
import { due, purge } from './sweep.js';

export interface DispatchStoreOptions {
  url: string;
  /** How people are told of this worker: by default host and process. */
  name?: string;
  /** Told of connections that broke while idle; the store opens others by itself. */
  onConnectionError: (error: Error) => void;
}

export interface PostgresDispatchStore extends DispatchStore {
  close(): Promise<void>;
}

/**
 * Opens the ledger for a worker: one connection that claims and, by living, vouches for the worker's leases; a small
 * pool that writes. Fails when PostgreSQL cannot be reached.
 *
 * @example const store = await openDispatchStore({ url, onConnectionError: (err) => logger.warn({ err }, 'connection') });
 */
export async function openDispatchStore({
  url,
  name = `${hostname()}:${process.pid}`,
  onConnectionError,
}: DispatchStoreOptions): Promise<PostgresDispatchStore> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    application_name: 'showroom worker',
    types: exactParsers,
  });
  pool.on('error', onConnectionError);
  const sessions = new WorkerSessions(url);
  await sessions.current();
  return {
    get workerId() {
      return sessions.workerId;
    },
    ...createLimits(pool, {
      name,
      get workerId() {
        return sessions.workerId;
      },
    }),
    countWorkers: async () => (await pool.query<{ workers: number }>(countLiveWorkers)).rows[0]!.workers,
    start: (mailingId) => startMailing(pool, mailingId),
    claim: (mailingId, terms) => sessions.exclusively((session) => claim(session, mailingId, terms)),
    mark: (hold, toId) => mark(pool, hold, toId),
    renew: (holds, leaseMs) => renew(pool, holds, leaseMs),
    settle: (settlements) => settle(pool, settlements),
    release: (hold) => release(pool, hold),
    finish: (mailingId) => finish(pool, mailingId),
    due: (horizonMs) => due(pool, horizonMs),
    purge: (mailingId) => purge(pool, mailingId),
    close: async () => {
      await sessions.close();
      await pool.end();
    },
  };
}
