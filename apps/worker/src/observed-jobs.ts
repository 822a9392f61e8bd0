import type { MailingJobs } from '@showroom/jobs';
import { Histogram, type Metrics, type Tracing } from '@showroom/watch';

/** From a sweep of milliseconds to a lane of hours, in seconds. */
const buckets = [0.01, 0.1, 1, 10, 60, 600, 3_600];

/** Handlers whose runs are measured, by job and outcome, and are spans where traces are wanted. */
export function observed(handlers: MailingJobs, metrics: Metrics, tracing: Tracing | null): MailingJobs {
  const seconds = new Histogram({
    name: 'showroom_job_seconds',
    help: 'How long jobs ran, by job and outcome.',
    labelNames: ['job', 'outcome'],
    buckets,
    registers: [metrics],
  });

  async function measure<T>(job: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const tell = (outcome: string) => seconds.observe({ job, outcome }, (performance.now() - startedAt) / 1_000);
    try {
      const result = await work();
      tell('done');
      return result;
    } catch (error) {
      tell('failed');
      throw error;
    }
  }

  function observe<T>(job: string, mailingId: number | null, work: () => Promise<T>): Promise<T> {
    const attributes = mailingId === null ? {} : { 'showroom.mailing': mailingId };
    const run = () => (tracing ? tracing.within(job, { kind: 'internal', attributes }, work) : work());
    return measure(job, run);
  }

  return {
    start: (mailing) => observe('mailing.start', mailing, () => handlers.start(mailing)),
    send: (mailing, lane, signal) => observe('mailing.send', mailing, () => handlers.send(mailing, lane, signal)),
    finish: (mailing) => observe('mailing.finish', mailing, () => handlers.finish(mailing)),
    purge: (mailing, signal) => observe('mailing.purge', mailing, () => handlers.purge(mailing, signal)),
    sweep: (signal) => observe('mailing.sweep', null, () => handlers.sweep(signal)),
    tidy: (signal) => observe('ledger.tidy', null, () => handlers.tidy(signal)),
    report: () => observe('statistic.report', null, () => handlers.report()),
  };
}
