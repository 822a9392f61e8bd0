import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { requireBuilt } from './built.js';

describe('requireBuilt', () => {
  let root: string;
  const write = (path: string, second: number) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    utimesSync(file, second, second);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'showroom-built-'));
    for (const folder of ['apps/server', 'packages/app']) {
      write(`${folder}/tsconfig.json`, 50);
      write(`${folder}/src/deep/main.ts`, 100);
    }
    mkdirSync(join(root, 'packages/strangers')); // has nothing to build
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const refusal = 'was not built since it changed. Run "npm run build" first.';

  it('refuses sources that were never built', () => {
    expect(() => requireBuilt(root)).to.throw(refusal);
  });

  it('takes what was built, also when only tests and fixtures changed since', () => {
    write('.turbo/built', 200);
    requireBuilt(root);
    write('apps/server/src/main.test.ts', 300);
    write('apps/server/src/main.suite.ts', 300);
    write('apps/server/src/fixtures/fake.ts', 300);
    requireBuilt(root);
  });

  it('names a source that changed since', () => {
    write('.turbo/built', 200);
    write('packages/app/src/deep/new.ts', 300);
    expect(() => requireBuilt(root)).to.throw(`packages/app/src/deep/new.ts ${refusal}`);
  });
});
