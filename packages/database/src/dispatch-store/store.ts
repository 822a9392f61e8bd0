import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DispatchStore } from '@showroom/dispatch';
import pg from 'pg';
import { exactParsers } from '../parsers.js';
import { closeMs, dropIdleWithSilent, hotLimits, patientLimits } from '../patience.js';
import { createAnswers } from './answers.js';
import { claim } from './claim.js';
import { finish } from './finish.js';
import { createLimits } from './limits.js';
import { lookAfter } from './lookout.js';
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
  /**
   * Whether the ledger answers: every statement in time, and the last one lately. Else it says what is wrong, in words
   * that anybody may read, or rejects.
   */
  look(): Promise<string | undefined>;
  /** What time it is by PostgreSQL's clock, in milliseconds since 1970. Rejects when it does not answer in time. */
  readClock(): Promise<number>;
  close(): Promise<void>;
}

/** A claim, a settlement, a renewal and a look may be under way at the same time. */
const hotConnections = 4;
/** Starts, ends and removals of mailings. */
const patientConnections = 4;
/** How many connections a worker's ledger takes at most, with the session that vouches for its leases. */
export const connectionsOfDispatch = 1 + hotConnections + patientConnections;

const clockNow = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now';

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
  const openPool = (limits: pg.PoolConfig) => {
    const opened = new pg.Pool({ connectionString: url, types: exactParsers, ...limits });
    opened.on('error', onConnectionError);
    opened.on('connect', (client) => client.on('error', () => {})); // while it is lent, the pool does not listen
    dropIdleWithSilent(opened);
    return opened;
  };
  const pool = openPool({ ...hotLimits, max: hotConnections, application_name: 'showroom worker' });
  const patient = openPool({
    ...patientLimits,
    max: patientConnections,
    application_name: 'showroom worker, at length',
  });
  const lookout = lookAfter(patient, (text, values) => pool.query(text, values));
  const sessions = new WorkerSessions(url);
  await sessions.current();
  const answers = createAnswers();
  const ping = () =>
    Promise.all([pool.query('SELECT 1'), sessions.exclusively(({ client }) => client.query('SELECT 1'))]);
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
    look: async () => {
      const silence = answers.tellSilence();
      if (silence === undefined && !answers.isRecent()) await answers.of(ping);
      return silence;
    },
    readClock: async () => (await pool.query<{ now: number }>(clockNow)).rows[0]!.now,
    countWorkers: async () => (await pool.query<{ workers: number }>(countLiveWorkers)).rows[0]!.workers,
    start: (mailingId) => startMailing(patient, mailingId),
    claim: (mailingId, terms) => answers.of(() => sessions.exclusively((session) => claim(session, mailingId, terms))),
    mark: (hold, toId) => answers.of(() => mark(pool, hold, toId)),
    renew: (holds, leaseMs) => answers.of(() => renew(pool, holds, leaseMs)),
    settle: (settlements) => answers.of(() => settle(pool, settlements)),
    release: (hold) => answers.of(() => release(pool, hold)),
    finish: (mailingId) => finish(patient, mailingId),
    due: (horizonMs) => due(patient, horizonMs),
    purge: (mailingId) => purge(patient, mailingId),
    close: async () => {
      lookout.stop();
      await sessions.close();
      // A pool waits for each of its connections; one that is silent must not keep the process from ending.
      await Promise.race([Promise.all([pool.end(), patient.end()]), sleep(closeMs, undefined, { ref: false })]);
    },
  };
}
