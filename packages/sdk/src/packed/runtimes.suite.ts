import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Packed, run, type Service } from './packed.suite.js';
import { toured } from './toured.suite.js';

const { platform, arch } = process;
const node = `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
const bun = `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}`;
const deno = `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`;

/** What runs the SDK, as packages of the registry: a runtime is a program, and each platform has its own. */
const runtimes = [
  { name: 'node-20-0', package: `${node}@20.0.0`, program: 'bin/node', given: [] },
  { name: 'node-26', package: `${node}@26.12.1`, program: 'bin/node', given: [] },
  { name: 'bun', package: `${bun}@1.4.5`, program: 'bin/bun', given: [] },
  {
    name: 'deno',
    package: `${deno}@2.9.6`,
    program: 'deno',
    given: ['run', '--allow-net', '--allow-env', '--allow-read'],
  },
];

const esm = `
  import process from 'node:process';
  import * as sdk from '@showroom/sdk';
  import { tour } from './tour.mjs';
  const [baseUrl, token, name] = process.argv.slice(2);
  console.log(JSON.stringify(await tour(sdk, { baseUrl, token, name })));
`;
const cjs = `
  const sdk = require('@showroom/sdk');
  const [baseUrl, token, name] = process.argv.slice(2);
  import('./tour.mjs')
    .then(({ tour }) => tour(sdk, { baseUrl, token, name }))
    .then((seen) => console.log(JSON.stringify(seen)));
`;

/** The same tour by each runtime, of an ES module and of CommonJS. */
export function describeRuntimes(packed: () => Packed, service: () => Service): void {
  describe('runs', () => {
    const lacking = new Set<string>();
    before(async () => {
      const { folder, add } = packed();
      for (const { name, package: id } of runtimes) {
        await add(`${name}@npm:${id}`).catch(() => {
          lacking.add(name);
          process.stderr.write(`LEFT OUT, the SDK in ${id}: the registry has none for this platform.\n`);
        });
      }
      await cp(join(import.meta.dirname, 'tour.mjs'), join(folder, 'tour.mjs'));
      await writeFile(join(folder, 'app.mjs'), esm);
      await writeFile(join(folder, 'app.cjs'), cjs);
    });

    async function runTour(program: string, given: string[], file: string, tag: string): Promise<void> {
      const { url, token } = service();
      const { stdout, stderr } = await run(program, [...given, file, url, token, tag], { cwd: packed().folder });
      expect(JSON.parse(stdout || stderr)).to.deep.equal(toured);
      // Nothing is deprecated, and nothing experimental.
      expect(stderr).to.equal('');
    }

    for (const file of ['app.mjs', 'app.cjs']) {
      it(`${file} in this Node`, () => runTour(process.execPath, [], file, `this ${file}`));
      for (const { name, package: id, program, given } of runtimes) {
        it(`${file} in ${id}`, async function () {
          if (lacking.has(name)) this.skip();
          await runTour(join(packed().folder, 'node_modules', name, program), given, file, `${name} ${file}`);
        });
      }
    }
  });
}
