import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@showroom/testing';
import type { FaultRates } from './faults.js';
import type { App } from './processes.js';
import { between, oneOf } from './random.js';
import type { Chaos } from './scenario.js';

/** Ends early when the signal is aborted. */
const pause = (ms: number, signal: AbortSignal) => sleep(Math.max(0, ms), undefined, { signal }).catch(() => {});

/**
 * kill -9 of one worker after another at random moments, some of them while they still start; and of one shortly before
 * the hurried mailing's end, which is the moment that is hardest to get right.
 */
export const killWorkers: Chaos = async ({ workers, random }, { signal, hurriedEndsAt }) => {
  const killOne = async () => {
    const worker = oneOf(random, workers);
    if (await worker.kill()) await sleep(between(random, [0, 300]));
    worker.start();
  };
  const killSome = async () => {
    while (!signal.aborted) {
      await pause(between(random, [300, 2_000]), signal);
      if (!signal.aborted) await killOne();
    }
  };
  const killBeforeEnd = async () => {
    await pause(hurriedEndsAt - between(random, [0, 600]) - Date.now(), signal);
    if (!signal.aborted) await killOne();
  };
  await Promise.all([killSome(), killBeforeEnd()]);
};

/** kill -9 of the server. */
export const killServer: Chaos = async ({ server, random }, { signal }) => {
  while (!signal.aborted) {
    await pause(between(random, [300, 1_500]), signal);
    await restart(server);
  }
};

/** The server dies while it creates mailings: some are created without a hint to anybody, and the sweep finds them. */
export const killServerThatCreates: Chaos = async ({ server, random, mail }, { signal }) => {
  for (let n = 0; n < 10 && !signal.aborted; n++) {
    await server.ready();
    const created = mail('hurried', 240_000).catch(() => {});
    await sleep(between(random, [0, 40]));
    await restart(server);
    await created;
  }
};

async function restart(app: App): Promise<void> {
  await app.kill();
  app.start();
  await app.ready();
}

/** PostgreSQL is stopped in good order and killed, by turns, and each time away for a moment. */
export const restartPostgres: Chaos = async ({ postgres, random }, { signal }) => {
  const ends = [() => postgres.stop(), () => postgres.kill()];
  for (let n = 0; !signal.aborted; n++) {
    await pause(between(random, [700, 1_300]), signal);
    if (signal.aborted) return;
    await ends[n % ends.length]!();
    await sleep(between(random, [0, 500]));
    await postgres.start();
    await pause(between(random, [0, 3_000]), signal);
  }
};

/** All jobs are lost at once. */
export const loseJobs: Chaos = async ({ jobStore, random }, { signal }) => {
  await pause(between(random, [500, 1_500]), signal);
  await jobStore.lose();
};

/** kill -9 of the first worker, for good: what it had locked and planned is left to the others. */
export const loseWorker: Chaos = async ({ workers }, { signal }) => {
  await pause(3_000, signal);
  await workers[0]!.lose();
};

/** The first worker's clock is set an hour forward while it works. It locks and plans by that clock, and dies. */
export const setClockAndLose: Chaos = async ({ workers, mail }) => {
  workers[0]!.signal('SIGUSR2');
  await mail('hurried', 240_000);
  // Longer than a third of a lock's lifetime: every lock is written anew.
  await sleep(8_000);
  await workers[0]!.lose();
};

/** How long sending may rest after connections fell silent. */
const mostSilentMs = 30_000;

/** Every connection of the workers to PostgreSQL falls silent at once; new ones are answered. */
export const silencePostgres: Chaos = async ({ proxy, provider }, { signal }) => {
  await pause(2_000, signal);
  proxy?.silence();
  // What was in flight is answered, and then nobody knows enough to ask.
  await sleep(2_500);
  const asked = () => [...provider.memory.values()].reduce((sum, each) => sum + each.length, 0);
  const before = asked();
  const isAsking = () => asked() > before;
  await waitFor(isAsking, { timeoutMs: mostSilentMs - 2_500, everyMs: 50, what: 'sending, after a silence' });
};

/** Nobody listens at the provider's port for a while. */
export const provideNothing: Chaos = async ({ provider, random }, { signal }) => {
  await pause(between(random, [600, 1_000]), signal);
  await provider.goDown();
  await pause(between(random, [700, 1_300]), signal);
  await provider.comeUp();
};

/** For a while, everything meets these faults. */
export const failFor =
  (ms: number, rates: FaultRates): Chaos =>
  async ({ provider }, { signal }) => {
    const { rates: before } = provider;
    await pause(800, signal);
    provider.rates = rates;
    await pause(ms, signal);
    provider.rates = before;
  };
