import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Packed, run, type Service } from './packed.suite.js';
import { toured } from './toured.suite.js';

const { platform, arch } = process;

/** What runs the SDK, as packages of the registry: a runtime is a program, and each platform has its own. */
const runtimes = {
  node: { package: `node-${platform === 'win32' ? 'win' : platform}-${arch}@20.0.0`, program: 'bin/node', given: [] },
  bun: { package: `@oven/bun-${platform}-${arch === 'arm64' ? 'aarch64' : arch}@1.4.5`, program: 'bin/bun', given: [] },
  deno: {
    package: `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}@2.9.6`,
    program: 'deno',
    given: ['run', '--allow-net', '--allow-env', '--allow-read'],
  },
};

const esm = `
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
    before(async () => {
      const { folder, add } = packed();
      await add(...Object.values(runtimes).map((runtime) => runtime.package));
      await cp(join(import.meta.dirname, 'tour.mjs'), join(folder, 'tour.mjs'));
      await writeFile(join(folder, 'app.mjs'), `import process from 'node:process';${esm}`);
      await writeFile(join(folder, 'app.cjs'), cjs);
    });

    async function runTour(name: string, program: string, given: string[], file: string): Promise<void> {
      const { url, token } = service();
      const { stdout, stderr } = await run(program, [...given, file, url, token, `${name} ${file}`], {
        cwd: packed().folder,
      });
      expect(JSON.parse(stdout || stderr)).to.deep.equal(toured);
      // Nothing is deprecated, and nothing experimental.
      expect(stderr).to.equal('');
    }

    for (const file of ['app.mjs', 'app.cjs']) {
      it(`in this Node: ${file}`, () => runTour('this', process.execPath, [], file));
      for (const [name, { package: id, program, given }] of Object.entries(runtimes)) {
        const [, folder, version] = /^(.+)@(.+)$/.exec(id)!;
        it(`in ${name} ${version}: ${file}`, () =>
          runTour(name, join(packed().folder, 'node_modules', folder!, program), given, file));
      }
    }
  });
}
