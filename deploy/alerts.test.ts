import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess, waitFor } from '@showroom/testing';
import { expect } from 'chai';
import { parse as parseYaml } from 'yaml';
import { matchersOf, type Named, readExpressions, readSeries } from './promql.js';

const root = resolve(import.meta.dirname ?? 'deploy', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Rule {
  alert: string;
  expr: string;
  annotations: { summary: string; description: string };
}
interface RuleTest {
  name: string;
  input_series: { series: string }[];
  promql_expr_test: { exp_samples: { labels: string }[] }[];
}

const rules = (parseYaml(read('deploy/alerts.yaml')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);
const { tests } = parseYaml(read('deploy/alerts.test.yaml')) as { tests: RuleTest[] };

describe('the example of alerts', () => {
  it('says what is wrong, and names a section of the operator’s document to read on', () => {
    const document = read('docs/operations.md');
    for (const { alert, annotations } of rules) {
      expect(annotations.summary, alert).to.be.a('string');
      const section = /docs\/operations\.md, "(.+)"/.exec(annotations.description)?.[1];
      expect(section, alert).to.be.a('string');
      expect(document, alert).to.match(new RegExp(`^(#+ ${section}$|\\*\\*${section}\\.\\*\\*)`, 'm'));
    }
  });

  it('has for each alert a rule test in which it fires alone, and one in which nothing fires', () => {
    for (const { alert } of rules) {
      const expected = (verb: string) =>
        tests
          .filter(({ name }) => name.startsWith(`${alert} ${verb}: `))
          .map((test) => test.promql_expr_test[0]!.exp_samples);
      expect(expected('fires'), alert).not.to.deep.equal([]);
      for (const samples of expected('fires')) {
        expect(samples.map(({ labels }) => labels)).to.deep.equal([`{alertname="${alert}"}`]);
      }
      expect(expected('stays silent'), alert).not.to.deep.equal([]);
      for (const samples of expected('stays silent')) expect(samples, alert).to.deep.equal([]);
    }
    for (const { name } of tests) expect(rules.map(({ alert }) => alert)).to.include(name.split(' ')[0]);
  });

  it('fires and stays silent as its rule tests say', function () {
    if (spawnSync('promtool', ['--version']).error) {
      process.stderr.write(
        'LEFT OUT, the rule tests of the alerts: there is no promtool (apt-get install prometheus).\n',
      );
      return this.skip();
    }
    const promtool = (...args: string[]) =>
      spawnSync('promtool', args, { cwd: join(root, 'deploy'), encoding: 'utf8' });
    const checked = promtool('check', 'rules', 'alerts.yaml');
    expect(checked.status, checked.stderr).to.equal(0);
    const tested = promtool('test', 'rules', 'alerts.test.yaml');
    expect(tested.status, tested.stdout + tested.stderr).to.equal(0);
  });
});

/** What a real server and a real worker tell; only these names, labels and values can make an alert fire. */
describe('the metrics that are told of', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  const apps: TestProcess[] = [];
  let told: Named[];

  before(async () => {
    database = await createTestDatabase({ empty: true });
    const environment = { DATABASE_URL: database.url };
    const server = startApp('apps/server/dist/main.js', { ...environment, PORT: '0', ADMIN_PASSWORD: 'pw' });
    apps.push(server);
    const { url: serverUrl } = await server.ready();
    const provider = { PROVIDER_URL: 'http://127.0.0.1:1', WATCH_PORT: '0' };
    const worker = startApp('apps/worker/dist/main.js', { ...environment, ...provider });
    apps.push(worker);
    const { url: workerUrl } = await worker.ready();
    // A worker adds its provider with the first mailing.
    await database.query(`INSERT INTO providers (name) VALUES ('main')`);
    const textOf = async (url: unknown) => (await fetch(`${url}/metrics`)).text();
    await textOf(serverUrl);
    // Refusals are told of once there was one.
    expect((await fetch(`${serverUrl}/api/v1/tags/`)).status).to.equal(401);
    await waitFor(
      async () => {
        const texts = await Promise.all([serverUrl, workerUrl].map(textOf));
        told = readSeries(texts.join('\n'));
        expect(told.map(({ name }) => name)).to.include.members(['showroom_jobs', 'showroom_job_seconds_count']);
        return true;
      },
      { timeoutMs: 30_000 },
    );
  });
  after(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await database.drop();
  });

  /** Every label of every series of a metric, with its values. */
  function labelsOf(metric: string): Map<string, Set<string>> {
    const labels = new Map<string, Set<string>>([['instance', new Set()]]);
    for (const { labels: each } of told.filter(({ name }) => name === metric)) {
      for (const [label, value] of Object.entries(each)) labels.set(label, (labels.get(label) ?? new Set()).add(value));
    }
    return labels;
  }

  it('include each one that an alert asks for, with its labels and their values', () => {
    for (const { alert, expr } of rules) {
      const { metrics, grouped } = readExpressions(expr);
      expect(metrics, alert).not.to.deep.equal([]);
      for (const { name, matchers } of metrics) {
        const labels = labelsOf(name);
        expect(labels.size, `${alert}: ${name}`).to.be.above(1);
        for (const label of grouped) expect([...labels.keys()], `${alert}: ${name}`).to.include(label);
        for (const { label, operator, value } of matchersOf(matchers)) {
          expect([...labels.keys()], `${alert}: ${name}`).to.include(label);
          // What is left out need not be there, nor must every answer have failed once.
          if (operator.startsWith('!') || name.startsWith('showroom_http_')) continue;
          for (const each of value.split('|')) expect([...labels.get(label)!], `${alert}: ${name}`).to.include(each);
        }
      }
    }
  });

  it('leave out of alerts only operations that there are', () => {
    const sources = read('docs/openapi.json') + read('packages/api/src/live.ts');
    for (const { expr } of rules) {
      for (const [, excluded] of expr.matchAll(/operation!~"([^"]+)"/g)) {
        for (const operation of excluded!.split('|')) expect(sources).to.match(new RegExp(`["']${operation}["']`));
      }
    }
  });

  it('are in the rule tests with the labels that they have', () => {
    for (const { series } of tests.flatMap((test) => test.input_series)) {
      const [{ name, labels }] = readSeries(`${series} 1`) as [Named];
      expect([...labelsOf(name).keys()], series).to.include.members(Object.keys(labels));
    }
  });

  it('are documented with their labels, and nothing else is', () => {
    const document = read('docs/metrics.md');
    const documented = new Map(
      [...document.matchAll(/^\| `(showroom_\w+)` \| (\w+) \|(.*?)\|/gm)].map(([, name, kind, labels]) => [
        name!,
        { kind, labels: [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label!).sort() },
      ]),
    );
    const families = new Map<string, Set<string>>();
    for (const { name, labels } of told.filter((series) => series.name.startsWith('showroom_'))) {
      const family = name.replace(/_(bucket|count|sum)$/, '');
      const own = Object.keys(labels).filter((label) => label !== 'app' && label !== 'le');
      families.set(family, new Set([...(families.get(family) ?? []), ...own]));
    }
    expect([...documented.keys()]).to.have.members([...families.keys()]);
    for (const [name, labels] of families) {
      expect(documented.get(name)!.labels, name).to.deep.equal([...labels].sort());
    }
  });
});
