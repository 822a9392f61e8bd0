import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';
import { expect } from 'chai';

const run = promisify(execFile);
const root = resolve(import.meta.dirname ?? __dirname, '../../..');
const sdk = join(root, 'packages/sdk');
const bin = (name: string) => join(root, 'node_modules/.bin', name);

/** What the package's own code may weigh, gzipped and not minified. */
const budgetBytes = 12 * 1024;

const app = `
  const showroom = createShowroom({ baseUrl: process.env.SHOWROOM_URL ?? '', username: 'admin', password: 'pw' });
  const tag = await showroom.tags.create({ name: process.argv[2] ?? 'esm' });
  for await (const { name } of showroom.tags.list.all()) if (name === tag.name) console.log('made', name);
  try {
    await showroom.tags.read(999);
  } catch (error) {
    console.log(error instanceof NotFoundError ? error.code : error);
  }
`;

/** The package as it is published, in a folder that knows nothing of this repository. */
describe('the packed sdk', function () {
  this.timeout(120_000);
  let folder: string;
  let tarball: string;
  let database: TestDatabase;
  let server: TestProcess;
  let url: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showroom-sdk-'));
    await rm(join(sdk, 'dist'), { recursive: true, force: true });
    await run(bin('tsc'), ['-p', join(sdk, 'tsconfig.json')]);
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: sdk });
    const packed = JSON.parse(stdout);
    tarball = join(folder, (Array.isArray(packed) ? packed[0] : Object.values(packed)[0]).filename);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
    await run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: folder });
    database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'error', ADMIN_PASSWORD: 'pw' };
    server = startApp('apps/server/src/main.ts', environment);
    url = String((await server.ready()).url);
  });
  after(async () => {
    await server?.stop();
    await database?.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('has what it needs, and nothing else', async () => {
    const { stdout } = await run('tar', ['tzf', tarball]);
    const files = stdout.split('\n').filter(Boolean);
    expect(files).to.include.members([
      'package/README.md',
      'package/LICENSE',
      'package/dist/index.js',
      'package/dist/index.d.ts',
    ]);
    expect(files.filter((file) => /test|generate\//.test(file))).to.deep.equal([]);
  });

  it('is small', async () => {
    const { stdout } = await run('find', [join(folder, 'node_modules/@showroom/sdk/dist'), '-name', '*.js']);
    const sources = await Promise.all(
      stdout
        .split('\n')
        .filter(Boolean)
        .map((file) => readFile(file)),
    );
    expect(gzipSync(Buffer.concat(sources)).length).to.be.below(budgetBytes);
  });

  it('is packed as it should be, say publint and attw', async () => {
    await run(bin('publint'), ['--strict', sdk]);
    await run(bin('attw'), [tarball, '--profile', 'esm-only']);
  });

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    it(`has declarations that stand alone, for ${moduleResolution}`, async () => {
      await writeFile(
        join(folder, 'app.ts'),
        `import { createShowroom, NotFoundError } from '@showroom/sdk';\ndeclare const process: any;\n${app}`,
      );
      const compilerOptions = {
        module,
        moduleResolution,
        target: 'es2022',
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: [],
      };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
      const { stdout } = await run(bin('tsc'), ['-p', folder]).catch((error) => error);
      expect(stdout).to.equal('');
    });
  }

  it('has docstrings whose examples compile', async () => {
    const declared = await readFile(join(sdk, 'src/generated/surface.ts'), 'utf8');
    const examples = [...declared.matchAll(/@example\n\s+\* (.+)/g)].map(([, example]) => `  ${example}`);
    expect(examples.length).to.be.above(50);
    const text = `import type { Showroom } from '@showroom/sdk';\ndeclare const console: { log(...given: unknown[]): void };\nexport async function all(showroom: Showroom) {\n${examples.join('\n')}\n}\n`;
    await writeFile(join(folder, 'examples.ts'), text);
    const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: [] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['examples.ts'] }));
    const { stdout } = await run(bin('tsc'), ['-p', folder]).catch((error) => error);
    expect(stdout).to.equal('');
  });

  it('has examples that run: a file imported, a mailing sent and watched', async () => {
    const probe = startApp('apps/probe/src/main.ts', { PORT: '0' });
    const provider = { PROVIDER_URL: String((await probe.ready()).url), PROVIDER_TOKEN: 't' };
    const worker = startApp('apps/worker/src/main.ts', { DATABASE_URL: database.url, LOG_LEVEL: 'error', ...provider });
    try {
      await worker.ready();
      const headers = { authorization: `Basic ${btoa('admin:pw')}`, 'content-type': 'application/json' };
      const post = async (path: string, body: object) =>
        (await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
      const { id: tag } = await post('/tags/', { name: 'example' });
      const { id: code } = await post('/codes/', { code: '901' });
      const { results } = await (await fetch(`${url}/api/v1/permissions/?limit=1000`, { headers })).json();
      const permissions = results.map(({ id }: { id: number }) => id);
      const { token } = await post('/tokens/', { name: 'examples', permissions });
      for (const name of ['import-csv.ts', 'send-and-watch.ts']) {
        await cp(join(folder, 'node_modules/@showroom/sdk/examples', name), join(folder, name));
      }
      await writeFile(
        join(folder, 'clients.csv'),
        `phone_number,timezone,mobile_operator_code,tag\n79000000001,UTC,${code},${tag}\n79000000002,UTC,${code},${tag}\n+7,UTC,${code},${tag}\n`,
      );
      const example = (name: string, ...given: string[]) =>
        run(
          process.execPath,
          ['--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(folder, name), ...given],
          {
            cwd: folder,
            env: { PATH: process.env.PATH, SHOWROOM_URL: url, SHOWROOM_TOKEN: token },
          },
        ).catch((error) => error);
      const imported = await example('import-csv.ts', 'clients.csv');
      expect(imported.stdout).to.contain('100 %\n2 created, 0 updated, 0 as they were.\nRow 3, phone_number: ');
      const sent = await example('send-and-watch.ts', 'example', 'Приходите');
      expect(sent.stdout).to.match(/^2 clients have the tag example\.\n/);
      expect(sent.stdout).to.match(/is completed: 0 failed, of 0 nobody knows\.\n$/);
    } finally {
      await Promise.all([worker.stop(), probe.stop()]);
    }
  });

  it('runs in an ES module, and is required by CommonJS', async () => {
    await writeFile(join(folder, 'app.mjs'), `import { createShowroom, NotFoundError } from '@showroom/sdk';\n${app}`);
    await writeFile(
      join(folder, 'app.cjs'),
      `const { createShowroom, NotFoundError } = require('@showroom/sdk');\n(async () => {${app}})();`,
    );
    for (const kind of ['mjs', 'cjs']) {
      const { stdout } = await run(process.execPath, [join(folder, `app.${kind}`), kind], {
        env: { ...process.env, SHOWROOM_URL: url },
      });
      expect(stdout).to.equal(`made ${kind}\ntag.not_found\n`);
    }
  });
});
