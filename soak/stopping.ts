import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@showroom/testing';
import { killWorkers } from './chaos.js';
import { between } from './random.js';
import type { Chaos } from './scenario.js';
import type { World } from './world.js';

/** For so long after the answer to a stop, a request may still start. */
const graceMs = 1_000;
const leastStops = 3;
/** A mailing that starts and ends while sending is stopped. */
const briefMs = 4_000;
const patienceMs = 30_000;

/** A time without requests: from the end of the grace until somebody asks to resume. */
interface Silence {
  readonly from: number;
  readonly to: number;
}

/** All sending is stopped and resumed: first while a mailing starts and ends, then at random moments while workers die. */
export const stopSending: Chaos = async (world, time) => {
  const { random } = world;
  const silences: Silence[] = [];
  const stopFor = async (meanwhile: () => Promise<unknown>) => {
    await world.rest('POST', '/sending/stop/', { reason: 'soak' });
    const from = Date.now() + graceMs;
    await meanwhile();
    silences.push({ from, to: Date.now() });
    await world.rest('POST', '/sending/resume/');
  };
  await sleep(1_000);
  await stopFor(() => startAndEnd(world));
  const stopSome = async () => {
    for (let n = 0; n < leastStops || !time.signal.aborted; n++) {
      await sleep(between(random, [300, 1_500]));
      await stopFor(() => sleep(between(random, [0, 3_000])));
    }
  };
  const killing = new AbortController();
  await Promise.all([
    killWorkers(world, { ...time, signal: killing.signal }),
    stopSome().finally(() => killing.abort()),
  ]);
  const late = asked(world).filter(({ at }) => silences.some((silence) => isWithin(world, silence, at)));
  if (late.length > 0) throw new Error(`${late.length} requests started later than ${graceMs} ms after a stop`);
};

/** A mailing starts and ends on time although nothing is sent, and nobody is asked for it. */
async function startAndEnd(world: World): Promise<void> {
  const id = await world.mail('hurried', briefMs);
  const is = (status: string) => async () => (await statusOf(world, id)) === status;
  await waitFor(is('running'), { timeoutMs: briefMs, what: 'a start while sending is stopped' });
  await waitFor(is('expired'), { timeoutMs: patienceMs, what: 'an end while sending is stopped' });
  const messages = await world.query<{ id: number }>('SELECT id::int FROM messages WHERE mailing_id = $1', [id]);
  const wrong = messages.filter((message) => world.provider.memory.has(message.id));
  if (wrong.length > 0)
    throw new Error(`${wrong.length} messages of a mailing were asked for while sending was stopped`);
}

async function statusOf({ query }: World, id: number): Promise<string | undefined> {
  const [mailing] = await query<{ status: string }>('SELECT status FROM mailings WHERE id = $1', [id]);
  return mailing?.status;
}

const asked = ({ provider }: World) => [...provider.memory.values()].flat();

/** A request may have come before the provider's process, which is ours, looked at its clock. */
const isWithin = ({ provider }: World, { from, to }: Silence, at: number) => at > from + provider.deafMs() && at < to;
