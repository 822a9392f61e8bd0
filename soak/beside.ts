import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@showroom/testing';
import type { Chaos } from './scenario.js';
import type { World } from './world.js';

/** More requests than a worker makes before it knows that its token is wrong, and while it tries again. */
const mostRefusals = 60;
/** For longer than this, nobody sees that others did well. */
const othersForgottenMs = 11_000;
/** A mailing of the hurried audience takes three seconds when nothing is in its way. */
const besideMs = 20_000;
/** What fails for ever is 1 %, and dice are dice. */
const failingShare = 0.03;

interface Told {
  readonly state: string;
  readonly workers: readonly { readonly fault: string }[];
}

/**
 * The first worker has a wrong token: it stops alone, is not ready, and everybody can read why. The others go on, and the
 * gate stays closed.
 */
export const seeOneStop: Chaos = async (world) => {
  const urls = await Promise.all(world.workers.map(async (worker) => (await worker.ready()).url));
  const readiness = () => Promise.all(urls.map(async (url) => (await fetch(`${url}/readyz`)).status));
  const wanted = [503, ...urls.slice(1).map(() => 200)];
  const isStopped = async () => `${await readiness()}` === `${wanted}`;
  const awaitStop = (timeoutMs: number) => waitFor(isStopped, { timeoutMs, everyMs: 50, what: `readiness ${wanted}` });
  // The other workers may hold all ranges until the end: then this one has nothing to ask with, until there are more.
  await awaitStop(6_000).catch(async () => {
    await world.mail('hurried', 15_000);
    await world.mail('patient', 15_000);
    await awaitStop(15_000);
  });
  const [told] = (await world.rest('GET', '/provider/')) as [Told];
  const faults = told.workers.map(({ fault }) => fault);
  if (told.state !== 'closed' || `${faults}` !== 'credentials') throw new Error(`told: ${JSON.stringify(told)}`);
  await world.ended(30_000);
  const refusals = asked(world).filter(({ met }) => met === 'unauthorized_401').length;
  if (refusals > mostRefusals) throw new Error(`a worker with a wrong token asked ${refusals} times`);
};

/** Where 1 % of a mailing fails for ever and nothing else of it is left, a new mailing is sent as if it were alone. */
export const mailBesideFailing: Chaos = async (world) => {
  await waitFor(async () => (await openShare(world)) < failingShare, { timeoutMs: 30_000, what: 'the failing rest' });
  await sleep(othersForgottenMs);
  const id = await world.mail('hurried', 240_000);
  const isSent = async () => (await openShare(world, id)) < failingShare;
  await waitFor(isSent, { timeoutMs: besideMs, everyMs: 100, what: 'the end of a mailing beside what fails' });
  const end_notification_date = new Date(Date.now() - 1_000).toISOString();
  const running = await world.query<{ id: string }>('SELECT id FROM mailings WHERE finished_at IS NULL');
  for (const mailing of running) await world.rest('PATCH', `/mailing/${mailing.id}/`, { end_notification_date });
};

const asked = ({ provider }: World) => [...provider.memory.values()].flat();

/** How much is open of one mailing, or of all; of a mailing that has not started, everything. */
async function openShare({ query }: World, mailingId?: number): Promise<number> {
  const [row] = await query<{ share: number | null }>(
    `SELECT (sum(last_id - first_id + 1 - sent - failed - expired - canceled - unknown)
       / sum(last_id - first_id + 1))::float8 AS share FROM ranges WHERE $1::bigint IS NULL OR mailing_id = $1`,
    [mailingId ?? null],
  );
  return row?.share ?? 1;
}
