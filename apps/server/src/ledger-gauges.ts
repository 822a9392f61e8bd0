import type { LedgerStand } from '@showroom/database';
import type { JobCount } from '@showroom/jobs';
import { Gauge, type Metrics } from '@showroom/watch';
import { createEndForecast } from './missed-ends.js';

/** Gauges that one answer of a store sets together. */
export interface Figures<Answer> {
  tell(answer: Answer): void;
  /** Leaves them out until the next answer. */
  forget(): void;
}

/** What PostgreSQL tells of the ledger. */
export function createLedgerFigures(metrics: Metrics): Figures<LedgerStand> {
  const { gauge, forget } = createGauges(metrics);
  const mailings = gauge('mailings', 'Mailings by status.', ['status']);
  const messages = gauge('messages', 'Messages by status, of all mailings that are not deleted.', ['status']);
  const backlog = gauge('backlog_messages', 'Messages that could be sent now.');
  const oldestDue = gauge('oldest_due_seconds', 'How long the oldest due range that no worker holds has been due.');
  const held = gauge('ranges_held', 'Ranges that workers hold.');
  const sending = gauge('workers_sending', 'Workers that hold ranges.');
  const alive = gauge('workers_alive', 'Workers that are connected to PostgreSQL, whether they send or not.');
  const overdue = gauge('mailings_overdue', 'Scheduled mailings whose start passed more than 30 seconds ago.');
  const misses = gauge(
    'backlog_misses_end',
    'Messages that could be sent now and, at the current rate, are not sent before the end of their mailing.',
  );
  const provider = gauge('provider_state', '1 for the provider’s current circuit-breaker state.', [
    'provider',
    'state',
  ]);
  const stopped = gauge('sending_stopped', 'Whether an operator has stopped all sending.');
  const missesOf = createEndForecast();
  forget();

  return {
    forget,
    tell(stand) {
      for (const [status, count] of Object.entries(stand.mailings)) mailings.set({ status }, count);
      const { total: _, ...byStatus } = stand.messages;
      for (const [status, count] of Object.entries(byStatus)) messages.set({ status }, count);
      backlog.set(stand.backlog);
      oldestDue.set(stand.oldestDueSeconds);
      held.set(stand.rangesHeld);
      sending.set(stand.workers);
      alive.set(stand.workersAlive);
      overdue.set(stand.mailingsOverdue);
      misses.set(missesOf(stand.open));
      stopped.set(stand.isStopped ? 1 : 0);
      for (const { name, state } of stand.providers) {
        for (const each of ['closed', 'open', 'half_open']) {
          provider.set({ provider: name, state: each }, each === state ? 1 : 0);
        }
      }
    },
  };
}

/** What the job store tells. */
export function createJobFigures(metrics: Metrics): Figures<{ counts: JobCount[]; lagMs: number }> {
  const { gauge, forget } = createGauges(metrics);
  const jobs = gauge('jobs', 'Jobs by name and state.', ['name', 'state']);
  const lag = gauge('job_lag_seconds', 'How long the oldest due job has waited to run.');
  forget();
  return {
    forget,
    tell({ counts, lagMs }) {
      jobs.reset();
      for (const { name, state, jobs: count } of counts) jobs.set({ name, state }, count);
      lag.set(lagMs / 1_000);
    },
  };
}

/** Whether PostgreSQL takes writes; why it does not is told in words. */
export function createWritableFigures(metrics: Metrics): Figures<string | undefined> {
  const { gauge, forget } = createGauges(metrics);
  const writable = gauge('database_writable', 'Whether PostgreSQL takes writes.');
  forget();
  return { forget, tell: (why) => writable.set(why === undefined ? 1 : 0) };
}

function createGauges(metrics: Metrics) {
  const gauges: { gauge: Gauge; hasLabels: boolean }[] = [];
  return {
    gauge(name: string, help: string, labelNames: string[] = []): Gauge {
      const gauge = new Gauge({ name: `showroom_${name}`, help, labelNames, registers: [metrics] });
      gauges.push({ gauge, hasLabels: labelNames.length > 0 });
      return gauge;
    },
    forget(): void {
      for (const { gauge, hasLabels } of gauges) {
        gauge.reset();
        // Without labels, a reset gauge would say 0.
        if (!hasLabels) gauge.remove();
      }
    },
  };
}
