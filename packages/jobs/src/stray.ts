import type { Agenda, JobWithState } from 'agenda';
import type { JobsLogger } from './logger.js';
import type { JobName } from './mailing-jobs.js';

/** A lock or a plan that lies further ahead than this was made by a clock that was fast. */
const farAheadMs = 30_000;

/** Nobody would run such a job, or take it over from a worker that died, before that moment. */
export const isFarAhead = (at: Date | null | undefined): boolean =>
  at !== null && at !== undefined && at.getTime() - Date.now() > farAheadMs;

/**
 * Lets jobs run again that somebody paused on the page of the jobs. What is due stands in PostgreSQL, and a job that never
 * runs would leave it undone while all looks well: a mailing is paused by its own call.
 */
export async function resumePaused(
  { agenda, logger }: { agenda: Agenda; logger: JobsLogger },
  name: JobName,
  jobs: readonly JobWithState<unknown>[],
): Promise<void> {
  const paused = jobs.filter((job) => job.disabled);
  if (paused.length === 0) return;
  await agenda.enable({ ids: paused.map((job) => job._id) });
  const ids = paused.map(({ _id, data }) => ({ job: String(_id), ...(data as object | undefined) }));
  logger.warn({ name, ids }, 'a job was paused on the page of the jobs, and is resumed: to pause a mailing, pause it');
}
