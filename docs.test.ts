import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';

const skipped = new Set(['node_modules', 'dist', '.git', '.showroom', '.turbo']);

const findDocuments = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : findDocuments(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
const documents = findDocuments('.');

const fencedBlock = /^(```|~~~).*?^\1/gms;
const inlineCode = /`[^`\n]*`/g;
/** The address of a link or an image: `[text](address)` or `![text](address "title")`. */
const link = /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;

const readText = (path: string) => readFileSync(path, 'utf8').replace(fencedBlock, '');

/** The anchors that GitHub gives a document's headings: a title that comes twice gets a number. */
function anchorsOf(path: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of readText(path).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const text = heading!.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = text.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** What is wrong with a relative link; null when it leads somewhere. */
function faultOf(document: string, address: string): string | null {
  const [path = '', anchor] = address.split('#');
  const target = path === '' ? document : normalize(join(dirname(document), decodeURIComponent(path)));
  if (!existsSync(target)) return `${address}: there is no ${target}`;
  if (anchor === undefined || !target.endsWith('.md')) return null;
  return anchorsOf(target).has(decodeURIComponent(anchor)) ? null : `${address}: ${target} has no heading #${anchor}`;
}

describe('documents', () => {
  it('link to files and headings that are there', () => {
    const faults = documents.flatMap((document) => {
      const addresses = [...readText(document).replace(inlineCode, '').matchAll(link)].map(([, address]) => address!);
      const relative = addresses.filter((address) => !/^([a-z][a-z0-9+.-]*:|\/)/i.test(address));
      return relative.flatMap((address) => faultOf(document, address) ?? []).map((fault) => `${document}: ${fault}`);
    });
    expect(faults).to.deep.equal([]);
  });
});

const folder = 'docs/decisions';
const pages = readdirSync(folder)
  .filter((name) => name !== 'README.md')
  .map((name) => ({ name, number: name.slice(0, 4), text: readFileSync(join(folder, name), 'utf8') }));

/** A page has a number, a title, a date, a status and four parts, in this order. */
const form = new RegExp(
  [
    /# (?<number>\d+)\. (?<title>.+)\n\n/,
    /Date: \d{4}-\d\d-\d\d\n\n/,
    /Status: (?<status>accepted|superseded by \[\d+\. .+\]\(.+\))\n\n/,
    /## Context\n[\s\S]+\n## Decision\n[\s\S]+\n## Alternatives\n[\s\S]+\n## Consequences\n/,
  ].reduce((all, part) => all + part.source, '^'),
);

describe('decisions', () => {
  it('have the same form, and a number of their own', () => {
    const misshapen = pages.filter(({ text, number }) => Number(form.exec(text)?.groups?.number) !== Number(number));
    expect(misshapen.map(({ name }) => name)).to.deep.equal([]);
    const numbers = pages.map(({ number }) => number);
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).to.deep.equal([]);
  });

  it('are all in the index, by number, title and status', () => {
    const index = readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\| (\d{4}) \| (.+?) \| .+ \| (.+?) \|$/gm);
    const rows = pages.map(({ name, number, text }) => {
      const { title, status } = form.exec(text)?.groups ?? {};
      return `${number} [${title}](${name}) ${status}`;
    });
    expect([...index].map(([, number, title, status]) => `${number} ${title} ${status}`)).to.have.members(rows);
  });

  it('name files and folders that are there', () => {
    const path = /`((?:apps|benchmarks|deploy|docs|packages|soak)\/[\w./-]+)`/g;
    const named = pages.flatMap(({ text }) => [...text.matchAll(path)].map(([, found]) => found!));
    expect(named.filter((found) => !existsSync(found))).to.deep.equal([]);
  });
});
