import { setTimeout as sleep } from 'node:timers/promises';
import type { Contender, World } from './contender.js';
import { cpuMsOf, rssMbOf } from './cpu.js';

/** What one run took. Times are of the whole run, processors' of one message. */
export interface Result {
  messages: number;
  /** From the word go to the last request. */
  totalMs: number;
  /** From the first request to the last. */
  sendMs: number;
  /** Processor time in microseconds a message: of the processes that send, of PostgreSQL, of Redis. */
  nodeUs: number;
  postgresUs: number;
  redisUs: number;
  /** The largest of the processes that send, at its end. */
  rssMb: number;
}

const pollMs = 50;
const longestMs = 30 * 60_000;

/**
 * Lets a contender send all messages once.
 *
 * @throws when it did not send each of them, or says that it is over when it is not
 */
export async function race(contender: Contender, whole: World): Promise<Result> {
  const world = { ...whole, messages: Math.max(1, Math.round(whole.messages * contender.share)) };
  const run = await contender.prepare(world);
  try {
    const { nowUs: startedUs } = await world.provider.reset();
    const used = measureCpu(world, run.pids);
    await run.go();
    await untilOver(contender.name, run.isOver);
    const { node, postgres, redis } = used();
    const { requests, distinct, faults, firstUs, lastUs } = await world.provider.stats();
    if (distinct !== world.messages || requests - faults !== world.messages) {
      const told = `${distinct} of ${world.messages} messages were asked with, by ${requests} requests`;
      throw new Error(`${contender.name} says that it is over, but ${told}.`);
    }
    const perMessage = (ms: number) => (ms * 1_000) / world.messages;
    return {
      messages: world.messages,
      totalMs: (lastUs - startedUs) / 1_000,
      sendMs: (lastUs - firstUs) / 1_000,
      nodeUs: perMessage(node),
      postgresUs: perMessage(postgres),
      redisUs: perMessage(redis),
      rssMb: Math.max(...run.pids.map(rssMbOf)),
    };
  } finally {
    await run.close();
  }
}

function measureCpu({ postgresPid, redis }: World, pids: readonly number[]) {
  const read = () => ({
    node: pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0),
    postgres: cpuMsOf(postgresPid),
    redis: redis ? cpuMsOf(redis.pid) : 0,
  });
  const before = read();
  return () => {
    const now = read();
    return { node: now.node - before.node, postgres: now.postgres - before.postgres, redis: now.redis - before.redis };
  };
}

async function untilOver(name: string, isOver: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + longestMs; !(await isOver()); await sleep(pollMs)) {
    if (Date.now() > deadline) throw new Error(`${name} did not end within ${longestMs / 60_000} minutes.`);
  }
}
