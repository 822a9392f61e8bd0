import { check } from './check.js';
import type { Asked } from './hostile-provider.js';
import type { Backend } from './job-store.js';
import { countByStatus, readLedger } from './ledger.js';
import type { Scenario } from './scenario.js';
import { inFlight, openWorld, type World, type WorldOptions } from './world.js';

/** When the hurried mailing ends, and for how long there is chaos. */
const hurriedMs = 3_500;
const chaosMs = 6_000;

/** How long the patient mailing may take: much more than it needs, and less than the suite's patience. */
const patientMs = 300_000;
const quietMs = 45_000;

export interface Result {
  scenario: string;
  backend: Backend;
  workers: number;
  runs: number;
  messages: number;
  sent: number;
  unknown: number;
  failed: number;
  expired: number;
  lost: number;
  twice: number;
  afterEnd: number;
  kills: number;
  seconds: number;
  violations: string[];
}

/** Opens a world, lets the scenario happen in it, and holds the ledger against the provider's memory. */
export async function runScenario(options: WorldOptions): Promise<Result> {
  const startedAt = performance.now();
  const world = await openWorld(options);
  try {
    const restartsBefore = world.postgres.restarts;
    const trouble = await letHappen(world, options);
    const statistics = await readStatistics(world).catch((error: Error) => {
      trouble.push(`the statistic cannot be read: ${error.message}`);
      return new Map<number, unknown>();
    });
    trouble.push(...(await world.stopApps()), ...[world.server, ...world.workers].flatMap(({ crashes }) => crashes));
    const ledger = await readLedger(world);
    const kills = sum([world.server, ...world.workers].map((app) => app.kills));
    const restarts = world.postgres.restarts - restartsBefore;
    const mostTwice = countPerhapsTwice(options.scenario, world, kills + restarts);
    const { memory } = world.provider;
    const { violations, ...found } = check({ ledger, memory, statistics, mostTwice });
    const { sent, unknown, failed, expired } = countByStatus(ledger.messages);
    if (sent === 0) trouble.push('nothing was sent: this tells nothing');
    const all = [...trouble, ...violations];
    return {
      scenario: options.scenario.name,
      backend: world.jobStore.backend,
      workers: options.scenario.workers,
      runs: 1,
      messages: ledger.messages.length,
      ...{ sent, unknown, failed, expired },
      ...found,
      kills: kills + restarts,
      seconds: Math.round((performance.now() - startedAt) / 1_000),
      violations: all.length > 0 ? [...all, ...describe(world)] : [],
    };
  } finally {
    await world.close();
  }
}

/** Both mailings, with chaos while they run, until both are over. Gives what went wrong meanwhile. */
async function letHappen(world: World, { scenario, scale }: WorldOptions): Promise<string[]> {
  const trouble: string[] = [];
  const over = new AbortController();
  const hurriedEndsAt = Date.now() + hurriedMs * scale;
  await world.mail('hurried', hurriedMs * scale);
  await world.mail('patient', patientMs * scale);
  // A controller of our own: Node 20 may collect the sources of AbortSignal.any, and then it never aborts.
  const calm = setTimeout(() => over.abort(), chaosMs * scale);
  const report = (error: Error) => void trouble.push(error.stack ?? error.message);
  const chaos = scenario.chaos?.(world, { signal: over.signal, hurriedEndsAt }).catch(report);
  await world.ended(chaosMs * scale + quietMs).catch(async (error: Error) => {
    report(error);
    trouble.push(...(await describeOpen(world)));
  });
  clearTimeout(calm);
  over.abort();
  await chaos;
  return trouble;
}

async function readStatistics(world: World): Promise<Map<number, unknown>> {
  const mailings = await world.query<{ id: string }>('SELECT id FROM mailings');
  const statistics = new Map<number, unknown>();
  for (const { id } of mailings) {
    const statistic = (await world.rest('GET', `/statistic/${id}/`)) as { messages: unknown };
    statistics.set(Number(id), statistic.messages);
  }
  return statistics;
}

/**
 * Each death may leave as many messages asked and not written down as were in flight; and each answer that was lost on
 * its way leaves one, for each time. Where the provider is not idempotent, nobody is asked twice.
 */
function countPerhapsTwice({ idempotent = true }: Scenario, { provider }: World, deaths: number): number {
  if (!idempotent) return 0;
  const isUnheard = ({ accepted, answered, met }: Asked) => accepted && (!answered || met !== null);
  const unheard = [...provider.memory.values()].filter((asked) => asked.some(isUnheard)).length;
  return deaths * inFlight + unheard;
}

/** What was still open, and who held it, when patience was over. */
async function describeOpen({ query }: World): Promise<string[]> {
  const ranges = await query(`
    SELECT mailing_id, first_id, worker_id, due_at, leased_until, asked_to, clock_timestamp() AS now,
      (SELECT count(*) FROM messages WHERE id BETWEEN first_id AND last_id AND status = 'pending') AS pending,
      (SELECT min(due_at) FROM retries WHERE range_id = first_id) AS retry_at,
      EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = worker_id AND granted) AS is_held
    FROM ranges WHERE NOT done ORDER BY first_id LIMIT 10`);
  const sessions = await query(`
    SELECT pid, application_name, state, wait_event_type, wait_event, state_change, left(query, 120) AS query
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  return [...ranges, ...sessions].map((row) => JSON.stringify(row));
}

/** What helps to understand a violation. */
function describe({ provider, server, workers }: World): string[] {
  const words = [server, ...workers].map((app) => `${app.name} said at last:\n${app.lastWords()}`);
  return [`the provider's process was deaf for up to ${provider.deafMs()} ms`, ...words];
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
