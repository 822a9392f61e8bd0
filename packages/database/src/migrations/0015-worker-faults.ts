import { change, create } from '../migrating/migration.js';

/*
 * A worker that the provider refuses, or cannot be reached from, stops alone. What it found is kept here for as long as it
 * lives, so that the others can tell a fault of the provider from a fault of one worker. A trial of a stopped provider
 * names its mailing, so that the next one is another mailing's.
 */
export const name = '0015-worker-faults';

const workerFaults = `
CREATE TABLE worker_faults (
  worker_id integer NOT NULL,
  provider text NOT NULL,
  worker text NOT NULL,
  fault text NOT NULL CONSTRAINT worker_faults_fault CHECK (fault IN ('provider', 'credentials')),
  http_status integer,
  detail text NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (worker_id, provider)
);
`;

export const steps = [
  create(workerFaults),
  change('providers', 'ALTER TABLE providers ADD COLUMN tried_mailing_id bigint'),
];
