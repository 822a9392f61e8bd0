import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DispatchStore } from '@showroom/dispatch';
import { closeMs } from '../patience.js';
import { createStatements, type Statements } from '../statements.js';
import { createAnswers } from './answers.js';
import { claim } from './claim.js';
import { openConnections } from './connections.js';
import { finish } from './finish.js';
import { createLimits } from './limits.js';
import { countLiveWorkers, WorkerSessions } from './session.js';
import { mark, release, renew, settle } from './settle.js';
import { startMailing } from './start/start.js';
import { createSumming } from './summing.js';
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
  /** For others: short statements, such as those of health checks. */
  readonly brief: Statements;
  /** The same, for what may take long. */
  readonly atLength: Statements;
  close(): Promise<void>;
}

const clockNow = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now';

/**
 * Opens the ledger for a worker: one connection that claims and, by living, vouches for the worker's leases; and a few
 * for everything else, `connectionsOfDispatch` in all. Fails when PostgreSQL cannot be reached.
 *
 * @example const store = await openDispatchStore({ url, onConnectionError: (err) => logger.warn({ err }, 'connection') });
 */
export async function openDispatchStore({
  url,
  name = `${hostname()}:${process.pid}`,
  onConnectionError,
}: DispatchStoreOptions): Promise<PostgresDispatchStore> {
  const { hot, atLength, ...connections } = openConnections(url, onConnectionError);
  const sessions = new WorkerSessions(url);
  await sessions.current();
  const answers = createAnswers();
  const summing = createSumming(atLength);
  const ping = () =>
    Promise.all([hot.query('SELECT 1'), sessions.exclusively(({ client }) => client.query('SELECT 1'))]);
  return {
    get workerId() {
      return sessions.workerId;
    },
    ...createLimits(hot, {
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
    readClock: async () => (await hot.query<{ now: number }>(clockNow)).rows[0]!.now,
    brief: createStatements(hot),
    atLength: createStatements(atLength),
    countWorkers: async () => (await hot.query<{ workers: number }>(countLiveWorkers)).rows[0]!.workers,
    start: (mailingId) => startMailing(atLength, mailingId),
    claim: (mailingId, terms) => answers.of(() => sessions.exclusively((session) => claim(session, mailingId, terms))),
    mark: (hold, toId) => answers.of(() => mark(hot, hold, toId)),
    renew: (holds, leaseMs) => answers.of(() => renew(hot, holds, leaseMs)),
    settle: (settlements) => answers.of(() => settle(hot, settlements)),
    release: async (hold) => {
      const mailingId = await answers.of(() => release(hot, hold));
      if (mailingId !== null) summing.rangeIsDone(mailingId);
    },
    finish: async (mailingId) => {
      const result = await finish(atLength, mailingId);
      if (result.kind === 'finished') await summing.sumUp(mailingId);
      return result;
    },
    due: (horizonMs) => {
      summing.sweep();
      return due(hot, horizonMs);
    },
    purge: (mailingId) => purge(atLength, mailingId),
    close: async () => {
      summing.stop();
      await sessions.close();
      // A pool waits for each of its connections; one that is silent must not keep the process from ending.
      await Promise.race([connections.close(), sleep(closeMs, undefined, { ref: false })]);
    },
  };
}
