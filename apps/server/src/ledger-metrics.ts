import { type Database, type LedgerStand, readLedgerStand } from '@showroom/database';
import type { Health } from '@showroom/jobs';
import { Gauge, type Metrics } from '@showroom/watch';

interface Deps {
  database: Database;
  jobs: Health;
  metrics: Metrics;
}

/**
 * What PostgreSQL and the job store say when somebody asks; what does not answer keeps the figures it had, and is told to
 * be away. Several servers say the same: ask one of them, or take the highest.
 *
 * @returns looks anew
 */
export function registerLedgerMetrics({ database, jobs, metrics }: Deps): () => Promise<void> {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `showroom_${name}`, help, labelNames, registers: [metrics] });

  const mailings = gauge('mailings', 'Mailings by status.', ['status']);
  const messages = gauge('messages', 'Messages by status, of all mailings that are not deleted.', ['status']);
  const backlog = gauge('backlog_messages', 'Messages that could be sent now.');
  const oldestDue = gauge(
    'oldest_due_seconds',
    'How long the range that nobody holds and is due longest has been due.',
  );
  const held = gauge('ranges_held', 'Ranges that workers hold.');
  const workers = gauge('workers_sending', 'Workers that hold ranges.');
  const providerState = gauge('provider_state', '1 for the state that the way to a provider is in.', [
    'provider',
    'state',
  ]);
  const databaseUp = gauge('database_up', 'Whether PostgreSQL answers.');
  const storeUp = gauge('job_store_up', 'Whether the job store answers.');
  const jobCount = gauge('jobs', 'Jobs by name and state.', ['name', 'state']);
  const jobLag = gauge('job_lag_seconds', 'How long the job that is due longest has waited to be run.');

  function tellLedger(stand: LedgerStand): void {
    for (const [status, count] of Object.entries(stand.mailings)) mailings.set({ status }, count);
    const { total: _, ...byStatus } = stand.messages;
    for (const [status, count] of Object.entries(byStatus)) messages.set({ status }, count);
    backlog.set(stand.backlog);
    oldestDue.set(stand.oldestDueSeconds);
    held.set(stand.rangesHeld);
    workers.set(stand.workers);
    for (const { name, state } of stand.providers) {
      for (const each of ['closed', 'open', 'half_open']) {
        providerState.set({ provider: name, state: each }, each === state ? 1 : 0);
      }
    }
  }

  async function tellJobs(): Promise<void> {
    const { counts, lagMs } = await jobs.stand();
    jobCount.reset();
    for (const { name, state, jobs: count } of counts) jobCount.set({ name, state }, count);
    jobLag.set(lagMs / 1_000);
  }

  return async () => {
    databaseUp.set(await succeeds(readLedgerStand(database).then(tellLedger)));
    storeUp.set(await succeeds(tellJobs()));
  };
}

const succeeds = (work: Promise<unknown>): Promise<0 | 1> =>
  work.then(
    () => 1,
    () => 0,
  );
