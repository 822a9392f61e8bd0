import type { Agenda, JobState, JobsOverview, JobWithState } from 'agenda';
import type { Catalog, JobFilter } from './catalog.js';
import { withDeadline } from './deadline.js';
import { loadJobs, namesWith, toSentence } from './job-list.js';
import { createJobKinds, type JobData, type JobName, jobNames, readJobIds } from './mailing-jobs.js';

interface BoardDeps {
  agenda: Agenda;
  catalog: Catalog;
  callTimeoutMs: number;
}

/** What Agendash asks for when it wants a page of the list, or certain jobs. */
interface Query {
  name?: string;
  state?: JobState;
  search?: string;
  ids?: string[];
  skip?: number;
  limit?: number;
}
type Ids = { ids: string[] };
type Job = JobWithState<JobData>;

/**
 * What Agendash asks of Agenda, answered in its place: Agenda would load every job for each look at the page, and a job
 * that is made or run from the page must be one that a worker can run.
 */
export interface Board {
  /** Jobs of a page are called by a sentence; those asked for by their ids by their name. */
  queryJobs(query: Query): Promise<{ jobs: Job[]; total: number }>;
  getJobsOverview(): Promise<JobsOverview[]>;
  cancel(which: Ids): Promise<number>;
  disable(which: Ids): Promise<number>;
  enable(which: Ids): Promise<number>;
  now(name: string, data: JobData): Promise<void>;
  schedule(when: string, name: string, data: JobData): Promise<void>;
  saveJob(job: Job): Promise<void>;
  getRunningStats(fullDetails?: boolean): Promise<object>;
}

export const boardMethods = [
  'queryJobs',
  'getJobsOverview',
  'cancel',
  'disable',
  'enable',
  'now',
  'schedule',
  'saveJob',
  'getRunningStats',
] as const satisfies (keyof Board)[];

const largestPage = 200;

export function createBoard(deps: BoardDeps): Board {
  const { agenda, catalog, callTimeoutMs } = deps;
  const ask = <T>(work: () => Promise<T>) => withDeadline(callTimeoutMs, work, (reason) => `The job store: ${reason}`);

  async function findPage({ name, state, search, skip, limit }: Query) {
    const filter = { name, state, ...(search && toSearch(search)) };
    const page = { offset: toCount(skip, 0), limit: Math.min(toCount(limit, 50), largestPage) };
    const { ids, total } = await catalog.find(filter, page);
    const jobs = await loadJobs(deps, ids);
    return { total, jobs: jobs.map((job) => ({ ...job, name: toSentence(job) })) };
  }

  async function findByIds(ids: string[]) {
    const jobs = await loadJobs(deps, ids);
    return { jobs, total: jobs.length };
  }

  return {
    queryJobs: (query) => ask(() => (query.ids ? findByIds(query.ids) : findPage(query))),
    getJobsOverview: () => ask(async () => toOverviews(await catalog.count())),
    cancel: ({ ids }) => ask(() => agenda.cancel({ ids })),
    disable: ({ ids }) => ask(() => agenda.disable({ ids })),
    enable: ({ ids }) => ask(() => agenda.enable({ ids })),
    now: (name, data) => ask(() => runNow(agenda, name, data)),
    schedule: (when, name, data) =>
      ask(async () => {
        await agenda.schedule(when, requireRunnable(name, data), data);
      }),
    saveJob: (job) => ask(() => retry(deps, job)),
    getRunningStats: (fullDetails) => agenda.getRunningStats(fullDetails),
  };
}

/** A number is a mailing's; words are part of a name. */
const toSearch = (search: string): JobFilter =>
  /^\d{1,15}$/.test(search.trim()) ? { mailing: Number(search) } : { names: namesWith(search) };

/** A whole number of the query; what is none counts as if it had not been said. */
const toCount = (given: number | undefined, otherwise: number) =>
  Number.isSafeInteger(given) && (given as number) >= 0 ? (given as number) : otherwise;

const kinds = createJobKinds(1);

function requireRunnable(name: string, data: JobData): JobName {
  const known = jobNames.find((each) => each === name);
  if (!known) throw new Error(`There are no jobs ${name}: they are called ${jobNames.join(', ')}.`);
  if (!readJobIds(kinds[known], data)) throw new Error(`${name} needs numbers in its data: ${kinds[known].ids}.`);
  return known;
}

/** Where one waits with the same ids, it is moved up; one that ended makes room. */
async function runNow(agenda: Agenda, given: string, data: JobData): Promise<void> {
  const name = requireRunnable(given, data);
  const hasIds = kinds[name].ids.length > 0;
  const { jobs } = hasIds ? await agenda.queryJobs({ name, data }) : { jobs: [] };
  if (jobs.some((job) => job.lockedAt)) throw new Error(`${toSentence({ name, data })} is running.`);
  const [waiting] = jobs.filter((job) => job.nextRunAt !== null);
  if (waiting) {
    await agenda.db.saveJob({ ...waiting, nextRunAt: new Date() }, { lastModifiedBy: 'agendash' });
    return;
  }
  if (jobs.length > 0) await agenda.cancel({ ids: jobs.map((job) => job._id) });
  await agenda.now(name, data);
}

/** Agendash would unlock a job that runs, and it would run twice. */
async function retry(deps: BoardDeps, job: Job): Promise<void> {
  const [now] = await loadJobs(deps, [String(job._id)]);
  if (!now) throw new Error('The job is gone.');
  if (now.lockedAt) throw new Error(`${toSentence(now)} is running.`);
  requireRunnable(now.name, now.data ?? {});
  await deps.agenda.db.saveJob(job, { lastModifiedBy: 'agendash' });
}

const none = { total: 0, running: 0, scheduled: 0, queued: 0, completed: 0, failed: 0, repeating: 0, paused: 0 };

function toOverviews(counts: Awaited<ReturnType<Catalog['count']>>): JobsOverview[] {
  const byName = new Map<string, JobsOverview>();
  for (const { name, state, jobs } of counts) {
    const overview = byName.get(name) ?? { name, ...none };
    byName.set(name, { ...overview, total: overview.total + jobs, [state]: overview[state] + jobs });
  }
  return [...byName.values()].sort((one, other) => one.name.localeCompare(other.name));
}
