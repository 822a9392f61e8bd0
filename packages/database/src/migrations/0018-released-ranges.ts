import { change } from '../migrating/migration.js';

/*
 * When a range was given back. With it, the ranges that were worked on within the last minute are found, and so how fast a
 * mailing goes now, without a look at the others.
 */
export const name = '0018-released-ranges';

export const steps = [change('ranges', 'ALTER TABLE ranges ADD released_at timestamptz')];
