import type { Job } from '@showroom/contract';
import type { ListedJob } from '@showroom/jobs';

/** Agenda knows a seventh state: one that somebody paused in Agendash is what it was, and does not run. */
export const toJob = ({ id, name, state, data, ...job }: ListedJob): Job => ({
  id,
  name,
  status: state === 'paused' ? 'scheduled' : state,
  mailing: data.mailing ?? null,
  lane: data.lane ?? null,
  next_run: job.nextRunAt,
  last_run: job.lastRunAt,
  last_finished: job.lastFinishedAt,
  failures: job.failures,
  last_error: job.lastError,
  worker: job.worker,
});
