export type { MailingClock } from './clock.js';
export { type Jobs, type JobsOptions, openJobs } from './jobs.js';
export type { JobsLogger } from './logger.js';
export type { MailingJobs } from './mailing-jobs.js';
export type { Backend } from './store.js';
