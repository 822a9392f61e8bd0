import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isFile, isNeeded, itemOf, keyOf, type Procedure, paging, shapeOf, titleOf } from './procedure.js';

const path = 'packages/sdk/README.md';
const heading = '## What there is\n';

/** The README, which ends with a table of all that there is: methods by resource, each with its parameters' names. */
export function printOverview(procedures: Procedure[]) {
  const written = readFileSync(resolve(import.meta.dirname, '../../..', path), 'utf8');
  const before = written.slice(0, written.indexOf(heading) + heading.length);
  const rows = Object.entries(overviewOf(procedures)).map(
    ([resource, { title, calls }]) =>
      `| \`${resource}\` | ${title} | ${calls.map((call) => `\`${call}\``).join(', ')} |`,
  );
  const table = `| \`showroom.\` | | |\n|---|---|---|\n${rows.join('\n')}\n`;
  return { path, text: `${before}\n${table}` };
}

/** Each resource's methods, with the row, and with what they need. */
function overviewOf(procedures: Procedure[]) {
  const overview: Record<string, { title: string; calls: string[] }> = {};
  for (const each of procedures) {
    const { resource, verb } = each;
    overview[resource] ??= { title: titleOf(resource), calls: [] };
    overview[resource].calls.push(isFile(each) ? `${verb}(source)` : `${verb}(${parametersOf(each).join(', ')})`);
  }
  overview.mailing!.calls.push('watch(id)', 'finished(id)');
  return overview;
}

function parametersOf(procedure: Procedure): string[] {
  const key = keyOf(procedure);
  const isPaging = (field: string) => itemOf(procedure) !== null && paging.has(field);
  const fields = Object.keys(shapeOf(procedure)).filter((field) => field !== key && !isPaging(field));
  if (itemOf(procedure)) return fields.length > 0 ? [`{ ${fields.join(', ')} }`] : [];
  const needed = fields.filter((field) => isNeeded(procedure, field));
  const others = fields.length > needed.length ? ['…'] : [];
  return [...(key ? [key] : []), ...(fields.length > 0 ? [`{ ${[...needed, ...others].join(', ')} }`] : [])];
}
