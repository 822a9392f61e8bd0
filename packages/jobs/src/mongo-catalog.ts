import type { JobState } from 'agenda';
import type { Collection, Document, Filter } from 'mongodb';
import { type Catalog, type JobCount, type JobFilter, mostCounted } from './catalog.js';
import { jobNames } from './mailing-jobs.js';

/** The order of the list, and the index that gives it: what runs has a lock, what is planned a next run. */
export const inOrder = { lockedAt: -1, nextRunAt: -1, lastFinishedAt: -1, _id: -1 } as const;

const isSet = (field: string) => ({ $gt: [`$${field}`, null] });
const hasFailed = { $and: [isSet('failedAt'), { $gte: ['$failedAt', '$lastFinishedAt'] }] };

/** A job's state, as Agenda computes it. */
function stateAt(now: Date): Document | JobState {
  const cases: [Document, JobState][] = [
    [isSet('lockedAt'), 'running'],
    [hasFailed, 'failed'],
    [isSet('repeatInterval'), 'repeating'],
    [{ $gt: ['$nextRunAt', now] }, 'scheduled'],
    [isSet('nextRunAt'), 'queued'],
  ];
  return cases.reduceRight<Document | JobState>(
    (others, [holds, state]) => ({ $cond: [holds, state, others] }),
    'completed',
  );
}

/** What an index can tell of a state; where that is not all, the rest is computed. */
const narrowed = (state: JobState, now: Date): Filter<Document> =>
  ({
    running: { lockedAt: { $ne: null } },
    failed: { lockedAt: null, failedAt: { $ne: null } },
    repeating: { lockedAt: null, repeatInterval: { $ne: null } },
    scheduled: { lockedAt: null, nextRunAt: { $gt: now } },
    queued: { lockedAt: null, nextRunAt: { $lte: now } },
    completed: { lockedAt: null, nextRunAt: null, $or: [{ failedAt: null }, { $expr: { $not: [hasFailed] } }] },
    paused: { disabled: true },
  })[state];

/** States of which `narrowed` tells everything. */
const isTold = new Set<JobState>(['running', 'completed', 'paused']);

function toQuery({ name, names, state, mailing }: JobFilter): Filter<Document> {
  const now = new Date();
  return {
    ...(name !== undefined && { name }),
    ...(names && { name: { $in: names } }),
    ...(mailing !== undefined && { 'data.mailing': mailing }),
    ...(state && narrowed(state, now)),
    ...(state && !isTold.has(state) && { $expr: { $eq: [stateAt(now), state] } }),
  };
}

const ended = { lockedAt: null, nextRunAt: null };
const going = { $or: [{ lockedAt: { $ne: null } }, { lockedAt: null, nextRunAt: { $ne: null } }] };

export function createMongoCatalog(jobs: Collection): Catalog {
  const idsOf = async (found: Promise<Document[]>) => (await found).map(({ _id }) => String(_id));
  const onlyId = { projection: { _id: 1 } };

  return {
    isId: (text) => /^[\da-f]{24}$/i.test(text),
    find: async (filter, { offset, limit }) => {
      const query = toQuery(filter);
      const page = jobs.find(query, onlyId).sort(inOrder).skip(offset).limit(limit);
      const [ids, total] = await Promise.all([
        idsOf(page.toArray()),
        jobs.countDocuments(query, { limit: mostCounted }),
      ]);
      return { ids, total };
    },
    count: async () => {
      const state = stateAt(new Date());
      const stand = { $project: { _id: 0, name: 1, state } };
      const endedOf = (name: string) => [{ $match: { name, ...ended } }, { $limit: mostCounted }, stand];
      const unions = jobNames.map((name) => ({ $unionWith: { coll: jobs.collectionName, pipeline: endedOf(name) } }));
      const group = { $group: { _id: { name: '$name', state: '$state' }, jobs: { $sum: 1 } } };
      const rows = await jobs.aggregate([{ $match: going }, stand, ...unions, group]).toArray();
      return rows.map(({ _id: { name, state }, jobs }): JobCount => ({ name, state, jobs }));
    },
    lagMs: async () => {
      const due = { lockedAt: null, nextRunAt: { $lte: new Date() }, disabled: { $ne: true } };
      const [oldest] = await jobs.find(due).sort({ nextRunAt: 1 }).limit(1).toArray();
      return oldest ? Math.max(0, Date.now() - oldest.nextRunAt.getTime()) : 0;
    },
    trim: async ({ atMost, forMs }, limit) => {
      const old = { ...ended, lastFinishedAt: { $lt: new Date(Date.now() - forMs) } };
      const many = jobs.find(ended, onlyId).sort(inOrder).skip(atMost).limit(limit);
      const found = [...(await jobs.find(old, onlyId).limit(limit).toArray()), ...(await many.toArray())];
      if (found.length === 0) return 0;
      // One that was given a next run since, or is being run, stays.
      const { deletedCount } = await jobs.deleteMany({ ...ended, _id: { $in: found.map(({ _id }) => _id) } });
      return deletedCount;
    },
    ping: async () => {
      await jobs.findOne({}, onlyId);
    },
  };
}
