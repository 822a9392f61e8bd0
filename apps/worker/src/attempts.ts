import type { DispatchObserver } from '@showroom/dispatch';
import { createTally, Gauge, type Metrics, sendBuckets } from '@showroom/watch';

/** Counts attempts by outcome, with how long each took, and those that wait for an answer. */
export function countAttempts(metrics: Metrics): DispatchObserver {
  const tally = createTally({
    name: 'showroom_send_seconds',
    help: 'How long the provider took for an attempt, by outcome; its count is the number of attempts.',
    labels: ['outcome'],
    buckets: sendBuckets,
    metrics,
  });
  const add = {
    accepted: tally('accepted'),
    refused: tally('refused'),
    busy: tally('busy'),
    unknown: tally('unknown'),
  };
  let inFlight = 0;
  new Gauge({
    name: 'showroom_sends_in_flight',
    help: 'Attempts that wait for an answer of the provider.',
    registers: [metrics],
    collect() {
      this.set(inFlight);
    },
  });
  return {
    began: () => {
      inFlight += 1;
    },
    ended: (outcome, latencyMs) => {
      inFlight -= 1;
      if (outcome) add[outcome.kind](latencyMs / 1_000);
    },
  };
}
