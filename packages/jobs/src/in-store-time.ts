import type { JobParameters, JobRepository } from 'agenda';

/** The moments of a job that are compared with a clock. */
const moments = ['nextRunAt', 'lockedAt', 'lastRunAt', 'lastFinishedAt', 'failedAt'] as const;

const shift = (at: Date, ms: number) => new Date(at.getTime() + ms);

/**
 * Agenda counts by the clock of its machine. The store keeps PostgreSQL's time, so that a lock or a plan of a worker whose
 * clock is wrong means the same to all others. What is read is given in this machine's time again.
 *
 * @param aheadMs how far this machine's clock is ahead of PostgreSQL's
 */
export function inStoreTime(repository: JobRepository, aheadMs: () => number): JobRepository {
  const shifted = <T extends JobParameters>(job: T, ms: number): T => {
    if (ms === 0) return job;
    const own = Object.fromEntries(
      moments.flatMap((moment) => (job[moment] ? [[moment, shift(new Date(job[moment]), ms)]] : [])),
    );
    return { ...job, ...own };
  };
  const toStore = <T extends JobParameters>(job: T) => shifted(job, -aheadMs());
  const toOurs = <T extends JobParameters>(job: T) => shifted(job, aheadMs());

  const wrapped: JobRepository = Object.create(repository);
  wrapped.queryJobs = async (options) => {
    const { jobs, total } = await repository.queryJobs(options);
    return { jobs: jobs.map(toOurs), total };
  };
  wrapped.getJobById = async (id) => {
    const job = await repository.getJobById(id);
    return job && toOurs(job);
  };
  wrapped.saveJob = async (job, options) => toOurs(await repository.saveJob(toStore(job), options));
  wrapped.saveJobState = (job, options) => repository.saveJobState(toStore(job), options);
  wrapped.lockJob = async (job, options) => {
    const locked = await repository.lockJob(toStore(job), options);
    return locked && toOurs(locked);
  };
  wrapped.getNextJobToRun = async (name, nextScanAt, lockDeadline, now = new Date(), options) => {
    const ms = -aheadMs();
    const times = [shift(nextScanAt, ms), shift(lockDeadline, ms), shift(now, ms)] as const;
    const job = await repository.getNextJobToRun(name, ...times, options);
    return job && toOurs(job);
  };
  return wrapped;
}
