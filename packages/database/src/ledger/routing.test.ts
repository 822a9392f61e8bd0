import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folders = ['packages/database/src', 'packages/api/src'];

const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(test|suite)\.ts$|^migrations\/|\/migrations\/|fixtures\//.test(file))
    .map((file) => `${folder}/${file}`),
);

const ledger = String.raw`(?:messages|ranges|retries|message_events)`;
const touchesLedger = new RegExp(String.raw`\b(?:FROM|JOIN|UPDATE|INTO|USING)\s+${ledger}\b`);
/** An equation with the mailing, or a row that has it. */
const namesMailing = /\b(?:mailing_id|m\.id)\s*=\s*(?:\$\d|m\.id\b|\$\{mailing\})|\(mailing_id\b|, mailing_id[,)]/;
/** A filter that a list may have. */
const mayName = /\(\$\d::bigint IS NULL OR[^)]*\)/g;

/** What is declared with SQL on the ledger in it, by its name. */
function statementsOf(file: string): { name: string; sql: string }[] {
  const source = readFileSync(join(root, file), 'utf8');
  const declarations = [...source.matchAll(/^(?:export )?(?:async )?(?:const|function) (\w+)/gm)];
  return declarations
    .map(({ 1: name, index }, n) => {
      const declared = source.slice(index, declarations[n + 1]?.index);
      return { name: name!, sql: declared.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '') };
    })
    .filter(({ sql }) => touchesLedger.test(sql));
}

/**
 * A distributed PostgreSQL sends a statement to the node that has the mailing. Of a statement that does not name its
 * mailing it would have to ask all nodes, or refuse it.
 */
describe('statements on the ledger that do not name their mailing', () => {
  it('are those that docs/scale.md lists', () => {
    const found = sources.flatMap((file) =>
      statementsOf(file)
        .filter(({ sql }) => !namesMailing.test(sql.replaceAll(mayName, '')))
        .map(({ name }) => `${file.replace(/^packages\//, '')}: ${name}`),
    );
    const page = readFileSync(join(root, 'docs/scale.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `([\w./-]+)` \| (.+?) \|/gm)].flatMap(([, file, names]) =>
      [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => `${file}: ${name}`),
    );
    expect(listed.toSorted()).to.deep.equal(found.toSorted());
  });
});
