import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Agenda, type AgendaBackend } from 'agenda';
import { type GuardedRepository, guardRepository } from './guarded-repository.js';
import { inStoreTime } from './in-store-time.js';
import type { JobsLogger } from './logger.js';
import type { Store } from './store.js';
import { createStoreWatch } from './store-watch.js';

export interface StartedAgenda {
  readonly agenda: Agenda;
  readonly guard: GuardedRepository;
}

interface StartOptions {
  store: Store;
  storeName: string;
  logger: JobsLogger;
  processEveryMs: number;
  timeoutMs: number;
  maxConcurrency: number;
  /** How far this machine's clock is ahead of PostgreSQL's. */
  clockAheadMs: () => number;
}

/**
 * Builds Agenda on an open store and starts it. A producer is started too: only then do its notifications wake the
 * workers. As long as it defines no jobs, it asks the store for none.
 */
export async function startAgenda(options: StartOptions): Promise<StartedAgenda> {
  const { store, storeName, logger, processEveryMs, timeoutMs, maxConcurrency, clockAheadMs } = options;
  const watch = createStoreWatch({ logger, name: storeName });
  const guard = guardRepository({
    repository: inStoreTime(store.repository, clockAheadMs),
    watch,
    logger,
    timeoutMs,
  });
  logChannel(store, logger);
  const agenda = new Agenda({
    // Written beside each lock, so that Agendash shows who holds it.
    name: `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`,
    backend: toOpenBackend(store, guard),
    notificationChannel: store.channel,
    processEvery: processEveryMs,
    maxConcurrency,
    removeOnComplete: true,
  });
  agenda.on('error', (err: Error) => {
    if (!watch.hasSeen(err)) logger.warn({ err }, 'Agenda reports an error');
  });
  try {
    await agenda.start();
  } catch (error) {
    await store.channel?.disconnect();
    throw error;
  }
  return { agenda, guard };
}

/** Agenda connects without catching; ours is connected already, and closed by us after the last write. */
function toOpenBackend(store: Store, guard: GuardedRepository): AgendaBackend {
  return {
    name: store.backend,
    repository: guard.repository,
    ownsConnection: false,
    connect: async () => {},
    disconnect: async () => {},
  };
}

/** The channel reconnects by itself; without a listener, its first error would end the process. */
function logChannel({ channel }: Store, logger: JobsLogger): void {
  channel?.on('error', (err: Error) => logger.debug({ err }, 'an error of the notifications of new jobs'));
  channel?.on('stateChange', (state: string) => {
    if (state === 'reconnecting') logger.warn({}, 'no notifications of new jobs: they are found by polling until then');
    else logger.debug({ state }, 'the notifications of new jobs');
  });
}
