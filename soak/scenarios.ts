import * as beside from './beside.js';
import * as chaos from './chaos.js';
import type { Scenario } from './scenario.js';
import { stopSending } from './stopping.js';

const hour = 3_600_000;

/** What a scenario is when it says nothing else: about four seconds of sending, at 800 messages a second. */
const usual = { workers: 2, latencyMs: [50, 110], patient: 1_000, hurried: 4_000 } as const;

const resets = { reset: 0.02, reset_after_accept: 0.03 };
const hangs = { hang: 0.01, hang_after_accept: 0.02 };

export const scenarios: readonly Scenario[] = [
  { ...usual, name: 'kill -9 of workers', chaos: chaos.killWorkers },
  { ...usual, name: 'kill -9 of the only worker', workers: 1, chaos: chaos.killWorkers, isLong: true },
  { ...usual, name: 'kill -9 among four workers', workers: 4, chaos: chaos.killWorkers, isLong: true },
  { ...usual, name: 'kill -9 of the server', chaos: chaos.killServer, isLong: true },
  { ...usual, name: 'kill -9 of a server that creates', chaos: chaos.killServerThatCreates, isLong: true },
  { ...usual, name: 'PostgreSQL restarts', chaos: chaos.restartPostgres },
  {
    ...usual,
    name: 'PostgreSQL falls silent',
    isProxied: true,
    patient: 6_000,
    hurried: 1_000,
    chaos: chaos.silencePostgres,
    isLong: true,
  },
  { ...usual, name: 'all jobs are lost', chaos: chaos.loseJobs },
  {
    ...usual,
    name: '500, 429, garbage, code 1',
    faults: { error_500: 0.03, busy_429: 0.03, garbage: 0.02, garbage_after_accept: 0.02, refused: 0.02 },
    isLong: true,
  },
  { ...usual, name: 'resets', faults: resets, isLong: true },
  { ...usual, name: 'hangs', faults: hangs, isLong: true },
  { ...usual, name: 'very slow', latencyMs: [300, 1_100], patient: 150, hurried: 400, isLong: true },
  { ...usual, name: 'down for a while', chaos: chaos.provideNothing, isLong: true },
  { ...usual, name: '401 for a while', chaos: chaos.failFor(700, { unauthorized_401: 1 }), isLong: true },
  { ...usual, name: 'one wrong token', workers: 3, wrongTokens: 1, chaos: beside.seeOneStop },
  {
    ...usual,
    name: '1 % fail for ever',
    faults: { error_500_for_ever: 0.01 },
    patient: 500,
    hurried: 1_845,
    chaos: beside.mailBesideFailing,
    isLong: true,
  },
  { ...usual, name: 'clocks an hour off', workers: 3, shiftsMs: [0, hour, -hour], isLong: true },
  { ...usual, name: 'a clock an hour fast, then dead', shiftsMs: [hour, 0], chaos: chaos.loseWorker, isLong: true },
  {
    ...usual,
    name: 'a clock set forward, then dead',
    shiftsMs: [hour, 0],
    isShiftedLater: true,
    latencyMs: [200, 300],
    chaos: chaos.setClockAndLose,
    isLong: true,
  },
  { ...usual, name: 'sending is stopped, kill -9', chaos: stopSending, isLong: true },
  { ...usual, name: 'not idempotent: kill -9', idempotent: false, chaos: chaos.killWorkers, isLong: true },
  { ...usual, name: 'not idempotent: PostgreSQL', idempotent: false, chaos: chaos.restartPostgres, isLong: true },
  { ...usual, name: 'not idempotent: resets', idempotent: false, faults: resets, isLong: true },
  { ...usual, name: 'not idempotent: hangs', idempotent: false, faults: hangs, isLong: true },
  {
    ...usual,
    name: 'everything at once',
    faults: { error_500: 0.02, busy_429: 0.01, garbage: 0.01, refused: 0.01, reset_after_accept: 0.01, hang: 0.005 },
    chaos: async (world, time) => {
      await Promise.all(
        [chaos.killWorkers, chaos.restartPostgres, chaos.provideNothing].map((make) => make(world, time)),
      );
    },
    isLong: true,
  },
];
