import { expect } from 'chai';
import { readConfig } from './config.js';
import { RestartablePostgres } from './postgres.js';
import { type Result, runScenario } from './run-scenario.js';
import { scenarios } from './scenarios.js';
import { toTable } from './table.js';

/** The short form: a scenario of each kind once, with jobs in MongoDB and in PostgreSQL by turns. `npm run soak` is the long one. */
describe('soak', function () {
  this.timeout(150_000);
  const { seed, only, mongodbUrl } = readConfig();
  const results: Result[] = [];
  let postgres: RestartablePostgres;
  before(async () => {
    postgres = await RestartablePostgres.open();
  });
  after(async () => {
    await postgres.close();
    if (results.length > 0) process.stdout.write(`\nSOAK_SEED=${seed}\n${toTable(results)}\n`);
  });

  scenarios
    .filter(({ name, isLong }) => !isLong && name.includes(only))
    .forEach((scenario, index) => {
      it(scenario.name, async () => {
        const result = await runScenario({
          scenario,
          postgres,
          mongodbUrl: index % 2 === 0 ? mongodbUrl : undefined,
          seed: seed + index,
          scale: 1,
        });
        results.push(result);
        expect(result.violations.join('\n'), `SOAK_SEED=${seed}`).to.equal('');
      });
    });
});
