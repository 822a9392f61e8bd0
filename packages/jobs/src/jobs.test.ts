import { waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { MongoClient } from 'mongodb';
import { clockSuite } from './clock.suite.js';
import { closingSuite } from './closing.suite.js';
import { recordCalls, recordLog } from './fixtures/test-jobs.js';
import { createMongoTestStore, createPostgresTestStore } from './fixtures/test-stores.js';
import { openJobs } from './jobs.js';
import { lockSuite } from './lock.suite.js';
import { lookingSuite } from './looking.suite.js';
import { outageSuite } from './outage.suite.js';
import { runningSuite } from './running.suite.js';
import { straySuite } from './stray.suite.js';
import { timingSuite } from './timing.suite.js';

const suites = [timingSuite, clockSuite, runningSuite, lockSuite, closingSuite, outageSuite, lookingSuite, straySuite];

describe('jobs on postgresql', () => {
  for (const suite of suites) suite(createPostgresTestStore);
});

const mongodbUrl = process.env.MONGODB_URL;
if (mongodbUrl) {
  describe('jobs on mongodb', () => {
    for (const suite of suites) suite(createMongoTestStore(mongodbUrl));

    it('has the indexes that its queries need, and makes them again where they went with their database', async () => {
      const store = await createMongoTestStore(mongodbUrl)();
      const client = await MongoClient.connect(store.options.mongodbUrl!);
      const keysOf = async () => {
        const indexes = await client.db().collection('agendaJobs').indexes();
        return Object.fromEntries(indexes.map(({ name, key }) => [name, Object.keys(key).join(' ')]));
      };
      const jobs = await openJobs({ ...store.options, logger: recordLog(), sweepEveryMs: 200 });
      const wanted = {
        findAndLockNextJobIndex: 'name nextRunAt priority lockedAt disabled',
        showroom_locked: 'name lockedAt',
        showroom_mailing: 'data.mailing name',
        showroom_in_order: 'lockedAt nextRunAt lastFinishedAt _id',
        'showroom_once_mailing.send': 'name data.mailing data.lane',
        'showroom_once_mailing.purge': 'name data.mailing',
        showroom_once_single: 'name type',
      };
      expect(await keysOf()).to.include(wanted);
      await jobs.work(recordCalls());
      await store.wipe();
      await waitFor(async () => 'showroom_once_single' in (await keysOf()));
      expect(await keysOf()).to.include(wanted);
      await jobs.close(500);
      await client.close();
      await store.drop();
    });
  });
} else {
  it.skip('jobs on mongodb: left out, because MONGODB_URL is not set');
}
