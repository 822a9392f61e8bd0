import { clockSuite } from './clock.suite.js';
import { closingSuite } from './closing.suite.js';
import { createMongoTestStore, createPostgresTestStore } from './fixtures/test-stores.js';
import { lockSuite } from './lock.suite.js';
import { lookingSuite } from './looking.suite.js';
import { outageSuite } from './outage.suite.js';
import { runningSuite } from './running.suite.js';
import { timingSuite } from './timing.suite.js';

const suites = [timingSuite, clockSuite, runningSuite, lockSuite, closingSuite, outageSuite, lookingSuite];

describe('jobs on postgresql', () => {
  for (const suite of suites) suite(createPostgresTestStore);
});

const mongodbUrl = process.env.MONGODB_URL;
if (mongodbUrl) {
  describe('jobs on mongodb', () => {
    for (const suite of suites) suite(createMongoTestStore(mongodbUrl));
  });
} else {
  it.skip('jobs on mongodb: left out, because MONGODB_URL is not set');
}
