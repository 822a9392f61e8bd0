import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, type Logger, runApp } from '@showroom/app';
import { isMigrated, openDispatchStore } from '@showroom/database';
import { createDispatcher } from '@showroom/dispatch';
import { openJobs } from '@showroom/jobs';
import { createProbeServer } from '@showroom/providers';
import { createClock } from './clock.js';
import { parseConfig } from './config.js';

/** Requests in flight at a shutdown have this long, beyond the provider's own time-out, to be written down. */
const settleMs = 2_000;
/** So long at most does a mailing wait that lost its job: a sweep is three short queries. */
const sweepEveryMs = 15_000;
/** How many lanes of mailings this worker runs at once. */
const lanesAtOnce = 64;

runApp(async ({ onClose, stopped }) => {
  const {
    databaseUrl,
    mongodbUrl,
    provider: providerOptions,
    timeoutMs,
    concurrency,
    perSecond,
    logLevel,
  } = parseConfig();
  const logger = createLogger('worker', logLevel);
  await whenMigrated(databaseUrl, logger, stopped);

  const store = await openDispatchStore({
    url: databaseUrl,
    onConnectionError: (err) => logger.warn({ err }, 'a database connection broke'),
  });
  onClose(() => store.close());
  const provider = createProbeServer({ ...providerOptions, concurrency });
  onClose(() => provider.close());
  const jobs = await openJobs({ databaseUrl, mongodbUrl, logger, sendConcurrency: lanesAtOnce, sweepEveryMs });
  onClose(() => jobs.close(timeoutMs + settleMs));

  const dispatcher = createDispatcher({
    store,
    provider,
    clock: createClock(jobs),
    logger,
    settings: { timeoutMs, concurrency, perSecond, lanesAtOnce },
  });
  await jobs.work({
    start: dispatcher.start,
    send: async (mailingId, _lane, signal) => {
      if ((await dispatcher.send(mailingId, signal)) === 'crowded') return 'crowded';
    },
    finish: dispatcher.finish,
    purge: dispatcher.purge,
    sweep: dispatcher.sweep,
  });
  logger.info({ worker: store.workerId, jobs: jobs.backend, provider: providerOptions.url }, 'the worker works');
  return { lines: [`Worker ${store.workerId} sends to ${providerOptions.url}, woken by jobs in ${jobs.backend}.`] };
});

/** The server migrates; a worker that comes first waits for it. */
async function whenMigrated(databaseUrl: string, logger: Logger, stopped: AbortSignal): Promise<void> {
  while (!(await isMigrated(databaseUrl))) {
    logger.warn('the database is not migrated yet: waiting for the server to do so');
    await sleep(1_000, undefined, { signal: stopped });
  }
}
