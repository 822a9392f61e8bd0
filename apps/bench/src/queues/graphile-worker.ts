import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import type { Queue } from './run-queue.js';

const batch = 1_000;
const addJobs = `
  SELECT graphile_worker.add_jobs(array_agg(
    ('send', json_build_object('id', id), NULL, NULL, NULL, NULL, NULL, NULL)::graphile_worker.job_spec))
  FROM generate_series($1::int, $2::int) AS id`;
const silent = new Logger(() => () => {});

/** Tuned as https://worker.graphile.org/docs/performance advises: a local queue, and jobs completed in batches. */
export const runGraphileWorker: Queue = async ({ databaseUrl, messages, inFlight, post }) => {
  const utils = await makeWorkerUtils({ connectionString: databaseUrl, logger: silent });
  await utils.migrate();
  return async () => {
    for (let first = 1; first <= messages; first += batch) {
      await utils.withPgClient((client) => client.query(addJobs, [first, Math.min(first + batch - 1, messages)]));
    }
    let left = messages;
    await new Promise<void>((resolve, reject) => {
      const running = run({
        connectionString: databaseUrl,
        noHandleSignals: true,
        logger: silent,
        preset: {
          worker: {
            concurrentJobs: inFlight,
            maxPoolSize: inFlight + 1,
            pollInterval: 100,
            localQueue: { size: 500 },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
        taskList: { send: (payload) => post((payload as { id: number }).id) },
      });
      running.then((runner) => {
        // A job is over when it is deleted, not when its task returns.
        runner.events.on('job:complete', () => {
          left -= 1;
          if (left === 0) runner.stop().then(resolve, reject);
        });
      }, reject);
    });
  };
};
