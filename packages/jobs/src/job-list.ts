import type { Agenda, JobState, JobWithState } from 'agenda';
import type { Catalog, JobFilter } from './catalog.js';
import { withDeadline } from './deadline.js';
import { type JobData, jobNames } from './mailing-jobs.js';

/** A job as a program looks at it. */
export interface ListedJob {
  readonly id: string;
  readonly name: string;
  readonly state: JobState;
  /** The ids that it carries. */
  readonly data: JobData;
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  readonly lastFinishedAt: Date | null;
  readonly failures: number;
  readonly lastError: string | null;
  /** Who runs it, or ran it last: host, process and a word of chance. */
  readonly worker: string | null;
}

/** The jobs, for whoever wants to know what is planned, what runs and what failed. */
export interface JobList {
  /** A page of the jobs: those that run come first, then the planned ones, then those that ended. */
  list(filter: JobFilter, page: { offset: number; limit: number }): Promise<{ jobs: ListedJob[]; total: number }>;
  read(id: string): Promise<ListedJob | null>;
}

interface JobListDeps {
  agenda: Agenda;
  catalog: Catalog;
  storeName: string;
  callTimeoutMs: number;
}

export function createJobList(deps: JobListDeps): JobList {
  const { catalog, storeName, callTimeoutMs } = deps;
  const ask = <T>(work: () => Promise<T>) =>
    withDeadline(
      callTimeoutMs,
      work,
      (reason) => `the jobs cannot be looked at: the job store (${storeName}) ${reason}`,
    );
  return {
    list: (filter, page) =>
      ask(async () => {
        const { ids, total } = await catalog.find(filter, page);
        return { jobs: (await loadJobs(deps, ids)).map(toListedJob), total };
      }),
    read: (id) => ask(async () => (await loadJobs(deps, [id])).map(toListedJob)[0] ?? null),
  };
}

/** In the order of their ids; one that is gone by now is left out. */
export async function loadJobs(
  { agenda, catalog }: Pick<JobListDeps, 'agenda' | 'catalog'>,
  ids: readonly string[],
): Promise<JobWithState<JobData>[]> {
  const wanted = ids.filter(catalog.isId);
  if (wanted.length === 0) return [];
  const { jobs } = await agenda.queryJobs({ ids: wanted });
  const byId = new Map(jobs.map((job) => [String(job._id), job as JobWithState<JobData>]));
  return wanted.flatMap((id) => byId.get(id) ?? []);
}

function toListedJob(job: JobWithState<JobData>): ListedJob {
  return {
    id: String(job._id),
    name: job.name,
    state: job.state,
    data: job.data ?? {},
    nextRunAt: job.nextRunAt,
    lastRunAt: job.lastRunAt ?? null,
    lastFinishedAt: job.lastFinishedAt ?? null,
    failures: job.failCount ?? 0,
    lastError: job.state === 'completed' ? null : (job.failReason ?? null),
    worker: job.lastModifiedBy ?? null,
  };
}

/** `mailing.send {mailing: 12, lane: 3}` */
export function toSentence({ name, data }: { name: string; data?: JobData }): string {
  const { mailing, lane } = data ?? {};
  const ids = Object.entries({ mailing, lane }).flatMap(([id, value]) =>
    value === undefined ? [] : `${id}: ${value}`,
  );
  return ids.length > 0 ? `${name} {${ids.join(', ')}}` : name;
}

/** Our names that hold these words, for a search. */
export const namesWith = (words: string) => jobNames.filter((name) => name.includes(words.trim().toLowerCase()));
