import { writeFileSync } from 'node:fs';
import { readConfig } from './config.js';
import { RestartablePostgres } from './postgres.js';
import { type Result, runScenario } from './run-scenario.js';
import { scenarios } from './scenarios.js';
import { toTable } from './table.js';

/*
 * The long form: every scenario again and again, each round with other dice, on each backend by turns, until the time is
 * over. It goes on after a violation, tells it at once, and fails at the end.
 */

/** Three times the messages and the time for chaos of the short form. */
const scale = 3;
const { minutes, seed, only, mongodbUrl } = readConfig();
const chosen = scenarios.filter(({ name }) => name.includes(only));
const postgres = await RestartablePostgres.open();
const results: Result[] = [];
const endsAt = Date.now() + minutes * 60_000;

process.stdout.write(`SOAK_SEED=${seed}, ${minutes} minutes, jobs in ${mongodbUrl ? 'MongoDB and ' : ''}PostgreSQL\n`);
for (let n = 0; Date.now() < endsAt; n++) {
  const scenario = chosen[n % chosen.length]!;
  const round = Math.floor(n / chosen.length);
  const result = await runScenario({
    scenario,
    postgres,
    mongodbUrl: (n + round) % 2 === 0 ? mongodbUrl : undefined,
    seed: seed + n,
    scale,
  });
  results.push(result);
  const verdict =
    result.violations.length === 0 ? 'right' : `VIOLATED (SOAK_SEED=${seed + n})\n${result.violations.join('\n')}`;
  process.stdout.write(`${result.scenario}, ${result.backend}, ${result.messages} messages: ${verdict}\n`);
}
await postgres.close();

const table = toTable([...sumByScenario(results)]);
writeFileSync(new URL('./last-run.md', import.meta.url), toReport(table));
process.stdout.write(`\n${table}\n`);
process.exitCode = results.some(({ violations }) => violations.length > 0) ? 1 : 0;

/** One line for each scenario and backend, and one for all. */
function* sumByScenario(all: readonly Result[]): Iterable<Result> {
  const byName = new Map<string, Result[]>();
  for (const result of all) {
    const name = `${result.scenario} ${result.backend}`;
    byName.set(name, [...(byName.get(name) ?? []), result]);
  }
  for (const same of byName.values()) yield addUp(same, same[0]!);
  yield addUp(all, { ...all[0]!, scenario: 'all', backend: 'both', workers: 0 });
}

function addUp(some: readonly Result[], like: Result): Result {
  const sum = (value: (result: Result) => number) => some.reduce((total, result) => total + value(result), 0);
  return {
    ...like,
    runs: some.length,
    messages: sum(({ messages }) => messages),
    sent: sum(({ sent }) => sent),
    unknown: sum(({ unknown }) => unknown),
    failed: sum(({ failed }) => failed),
    expired: sum(({ expired }) => expired),
    lost: sum(({ lost }) => lost),
    twice: sum(({ twice }) => twice),
    afterEnd: sum(({ afterEnd }) => afterEnd),
    kills: sum(({ kills }) => kills),
    seconds: sum(({ seconds }) => seconds),
    violations: some.flatMap(({ violations }) => violations),
  };
}

function toReport(table: string): string {
  const date = new Date().toISOString().slice(0, 10);
  return `# The last long soak

\`npm run soak\`, ${date}, ${minutes} minutes, SOAK_SEED=${seed}. What it does and holds against what: [delivery.md](../docs/delivery.md).

${table}
`;
}
