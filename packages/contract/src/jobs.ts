import { z } from 'zod';
import { Paging, pageOf } from './kit/page.js';
import { query } from './kit/procedure.js';
import { integer, nameToFind, timestamp } from './kit/scalars.js';

/**
 * `scheduled`: its time is to come; `queued`: it is due, and waits for a worker; `failed`: it is tried again at
 * `next_run`; `completed`: it is kept for a while, to be looked at.
 */
export const jobStatuses = ['running', 'scheduled', 'queued', 'failed', 'repeating', 'completed'] as const;
export const JobStatus = z.enum(jobStatuses).meta({ title: 'Status' });
export type JobStatus = z.infer<typeof JobStatus>;

/**
 * What wakes workers: a mailing's start, each of its lanes, its end. Jobs are hints: what is to be done stands in the
 * mailings and messages, and a job that is lost is made again.
 */
export const Job = z
  .object({
    id: z.string().meta({ title: 'ID', readOnly: true }),
    name: z.string().meta({ description: 'The kind of job: `mailing.start`, `mailing.send`, `mailing.finish`, …' }),
    status: JobStatus,
    mailing: integer('Mailing').nullable().meta({ description: 'The id of the mailing, if the job belongs to one.' }),
    lane: integer('Lane').nullable().meta({ description: 'The lane of the mailing, for a `mailing.send`.' }),
    next_run: timestamp('Next run').nullable(),
    last_run: timestamp('Last run').nullable(),
    last_finished: timestamp('Last finished').nullable(),
    failures: integer('Failures').meta({ description: 'How many times it has failed.' }),
    last_error: z.string().nullable().meta({ description: 'The error of the last failure.' }),
    worker: z
      .string()
      .nullable()
      .meta({ description: 'The worker that runs it or ran it last: host, process and a random word.' }),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

const JobFilter = Paging.omit({ after: true }).extend({
  status: JobStatus.optional(),
  name: nameToFind('A name: `mailing.send`.').optional(),
  mailing: integer().meta({ description: 'The id of a mailing.' }).optional(),
});
export type JobFilter = z.infer<typeof JobFilter>;

export const jobs = {
  list: query('jobs_list', '/jobs/', {
    summary: 'List jobs: running, then planned, then ended; `count` stops at 10,000',
    needs: 'view_job',
    conflicts: ['job.store_away'],
    input: JobFilter,
    output: pageOf(Job),
  }),
  read: query('jobs_read', '/jobs/{id}/', {
    summary: 'Read a job',
    needs: 'view_job',
    conflicts: ['job.store_away'],
    input: z.object({ id: nameToFind('The id of a job.') }),
    output: Job,
  }),
};
