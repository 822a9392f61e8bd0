import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const path = 'packages/sdk/README.md';
const heading = '## What there is\n';

/** The README, which ends with a table of all that there is: methods by resource, each with its parameters' names. */
export function printOverview(methods: Record<string, { title: string; calls: string[] }>) {
  const written = readFileSync(resolve(import.meta.dirname, '../../..', path), 'utf8');
  const before = written.slice(0, written.indexOf(heading) + heading.length);
  const rows = Object.entries(methods).map(
    ([resource, { title, calls }]) =>
      `| \`${resource}\` | ${title} | ${calls.map((call) => `\`${call}\``).join(', ')} |`,
  );
  const table = `| \`showroom.\` | | |\n|---|---|---|\n${rows.join('\n')}\n`;
  return { path, text: `${before}\n${table}` };
}
