import { setTimeout as sleep } from 'node:timers/promises';
import { createShowroom } from '../apps/bench/src/contenders/showroom.js';
import { openWorld } from '../apps/bench/src/world.js';

/*
 * How throughput grows with workers against a provider that takes 50 ms for each answer: one mailing, and each worker has
 * as many requests in flight as by default.
 *
 *   npx mocha … benchmarks/workers.bench.ts      MESSAGES=100000 ROUNDS=3
 */
const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const [messages, rounds, latencyMs, inFlightEach] = [
  number('MESSAGES', 60_000),
  number('ROUNDS', 3),
  number('LATENCY', 50),
  number('IN_FLIGHT', 128),
];

describe('workers', function () {
  this.timeout(3_600_000);

  it('send more together', async () => {
    const { MONGODB_URL: mongodbUrl } = process.env;
    const jobs = mongodbUrl ? 'mongodb' : 'postgresql';
    const world = await openWorld({
      messages,
      rounds,
      inFlight: 0,
      latencyMs,
      faultsPerMille: 0,
      pipelining: 1,
      mongodbUrl,
      only: [],
    });
    const perSecond = new Map<number, number[]>([1, 2, 4].map((workers) => [workers, []]));
    try {
      for (let round = 0; round < rounds; round++) {
        for (const [workers, measured] of perSecond) {
          const run = await createShowroom({ jobs, workers, inFlightEach }).prepare(world);
          await world.provider.reset();
          await run.go();
          while (!(await run.isOver())) await sleep(50);
          const { distinct, firstUs, lastUs } = await world.provider.stats();
          if (distinct !== messages) throw new Error(`${distinct} of ${messages} were asked with`);
          measured.push(distinct / ((lastUs - firstUs) / 1e6));
          await run.close();
        }
      }
    } finally {
      await world.close();
    }
    const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
    const one = median(perSecond.get(1)!);
    for (const [workers, measured] of perSecond) {
      const bound = (workers * inFlightEach * 1_000) / latencyMs;
      const rate = median(measured);
      process.stdout.write(
        `${workers} workers: ${Math.round(rate)} a second, ${(rate / one).toFixed(2)} × one, ${(rate / bound).toFixed(2)} of what the provider allows (${bound})\n`,
      );
    }
  });
});
