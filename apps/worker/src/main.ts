import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError, createLogger, type Logger, runApp, versionOf } from '@showroom/app';
import {
  explainStartFault,
  isMigrated,
  openDispatchStore,
  tellUnfitPooler,
  warnOfUnknownTimezones,
} from '@showroom/database';
import { createDispatcher, type Fault, type Provider } from '@showroom/dispatch';
import { connectJobs } from '@showroom/jobs';
import { createProbeServer } from '@showroom/providers';
import { createMailer } from '@showroom/report';
import { createClockCheck, createMetrics, startTracing, type Tracing } from '@showroom/watch';
import { countAttempts } from './attempts.js';
import { createClock } from './clock.js';
import { parseConfig } from './config.js';
import { observed } from './observed-jobs.js';
import { logged, traced } from './observed-provider.js';
import { createUpkeep, toRepeating } from './upkeep.js';
import { createWatch } from './watch.js';

/** So long at most does a mailing wait that lost its job: a sweep is three short queries. */
const sweepEveryMs = 15_000;
/** How many lanes of mailings this worker runs at once. */
const lanesAtOnce = 64;
const jobSettings = { app: 'showroom worker', sendConcurrency: lanesAtOnce, sweepEveryMs };
const version = versionOf(import.meta.url);

runApp(async ({ onClose, stopped }) => {
  const config = parseConfig();
  const { databaseUrl, mongodbUrl, timeoutMs, concurrency, perSecond, keptJobs } = config;
  const logger = createLogger('worker', config.logLevel);
  const metrics = createMetrics('worker', version);
  const tracing = config.isTraced ? await startTracing('worker', logger) : null;
  onClose(() => tracing?.close());
  await whenMigrated(databaseUrl, logger, stopped);

  const mailer = config.report && createMailer(config.report);
  onClose(() => mailer?.close());
  const store = await openDispatchStore({
    url: databaseUrl,
    onConnectionError: (err) => logger.warn({ err }, 'a database connection broke'),
  });
  onClose(() => store.close());
  await warnOfUnknownTimezones(store.brief, logger);
  const clock = createClockCheck({ ask: () => store.readClock(), metrics, logger });
  await clock.start();
  onClose(() => clock.stop());
  const provider = createProbeServer({ ...config.provider, concurrency });
  onClose(() => provider.close());
  const repeating = toRepeating(config);
  const jobs = connectJobs({
    ...{ ...jobSettings, databaseUrl, mongodbUrl, logger, keptJobs, repeating },
    clockAheadMs: clock.aheadMs,
  });
  onClose(() => jobs.close(config.drainMs));
  const dispatcher = createDispatcher({
    store,
    provider: observe(provider, logger, tracing),
    observer: countAttempts(metrics),
    clock: createClock(jobs, clock.aheadMs),
    logger,
    settings: { timeoutMs, concurrency, perSecond, lanesAtOnce },
  });
  const { metricsAccess } = config;
  const checks = [
    { name: 'ledger', isVital: true, look: store.look },
    clock.check,
    { name: 'provider', isVital: true, look: async () => tellFault(dispatcher.ownFault()) },
  ];
  const watch =
    config.watch && (await createWatch({ database: store.brief, jobs, logger, metrics, metricsAccess, checks }));
  onClose(() => watch?.close());
  const watchUrl = await watch?.listen(config.watch ?? {});

  const report = config.report && mailer && { ...config.report, mailer };
  const handlers = {
    start: dispatcher.start,
    send: async (mailingId: number, _lane: number, signal: AbortSignal) => {
      if ((await dispatcher.send(mailingId, signal)) === 'crowded') return 'crowded' as const;
    },
    finish: dispatcher.finish,
    purge: dispatcher.purge,
    sweep: async () => {
      // What a sweep holds against the clock must not be judged by one that was set meanwhile.
      await clock.compare();
      await dispatcher.sweep();
    },
    ...createUpkeep({ database: store.atLength, logger, retention: config.retention, report }),
  };
  // A job store that is away is waited for, until the worker is asked to stop.
  await Promise.race([jobs.work(observed(handlers, metrics, tracing)), once(stopped, 'abort')]);
  const { url } = config.provider;
  logger.info(
    { version, worker: store.workerId, jobs: jobs.backend, provider: url, watch: watchUrl },
    'the worker works',
  );
  const watched = watchUrl ? [`It tells how it does on ${watchUrl}/readyz and /metrics.`] : [];
  return {
    url: watchUrl,
    lines: [`Worker ${store.workerId} sends to ${url}, woken by jobs in ${jobs.backend}.`, ...watched],
  };
}, explainStartFault);

/** What costs something with every message is only there when it is wanted. */
function observe(provider: Provider, logger: Logger, tracing: Tracing | null): Provider {
  const told = logger.isLevelEnabled('debug') ? logged(provider, logger) : provider;
  return tracing ? traced(told, tracing) : told;
}

/** Says what keeps this worker alone from sending, without what the provider said: anybody may read it. */
function tellFault(own: Fault | null): string | undefined {
  if (!own) return undefined;
  const answer = own.httpStatus === null ? 'no answer' : `HTTP ${own.httpStatus}`;
  return own.fault === 'credentials' ? `refuses our token (${answer})` : `fails for this worker (${answer})`;
}

/** The server migrates; a worker that comes first waits for it. */
async function whenMigrated(databaseUrl: string, logger: Logger, stopped: AbortSignal): Promise<void> {
  const unfit = await tellUnfitPooler(databaseUrl, { name: 'showroom worker', hasSettings: true });
  if (unfit) throw new ConfigError(unfit);
  while (!(await isMigrated(databaseUrl))) {
    logger.warn('the database is not migrated yet: waiting for the server to do so');
    await sleep(1_000, undefined, { signal: stopped });
  }
}
