import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { build } from 'esbuild';
import { bin, type Packed, run, sdk } from './packed.suite.js';

/** What a page pays for the SDK and all that is in it, minified and gzipped; the README tells. */
const budgetBytes = 23 * 1024;

/** What is in the package, and what it weighs. */
export function describeFiles(packed: () => Packed): void {
  it('has what it needs, and nothing else', async () => {
    const { stdout } = await run('tar', ['tzf', packed().tarball]);
    const files = stdout.split('\n').filter(Boolean);
    expect(files).to.include.members([
      'package/README.md',
      'package/CHANGELOG.md',
      'package/LICENSE',
      'package/dist/LICENSES',
      'package/dist/index.js',
      'package/dist/index.d.ts',
      'package/dist/commonjs/index.js',
      'package/dist/commonjs/package.json',
    ]);
    expect(files.filter((file) => /test|suite|generate\/|\.map$/.test(file))).to.deep.equal([]);
  });

  it('installs nothing besides', async () => {
    const { stdout } = await run('npm', ['ls', '--all', '--parseable'], { cwd: packed().folder });
    expect(stdout.trim().split('\n').slice(1)).to.deep.equal([join(packed().folder, 'node_modules/@showroom/sdk')]);
  });

  it('is small', async () => {
    const weigh = async (source: string) => {
      const entry = join(packed().folder, 'weigh.js');
      await writeFile(entry, source);
      const { outputFiles } = await build({
        entryPoints: [entry],
        bundle: true,
        minify: true,
        format: 'esm',
        write: false,
      });
      return gzipSync(outputFiles[0]!.contents).length;
    };
    expect(await weigh(`export { createShowroom } from '@showroom/sdk';`)).to.be.within(1_024, budgetBytes);
  });

  it('is packed as it should be, say publint and attw', async () => {
    await run(bin('publint'), ['--strict', sdk]);
    await run(bin('attw'), [packed().tarball, '--profile', 'node16']);
  });

  it('can be published with provenance', async () => {
    const manifest = JSON.parse(
      await readFile(join(packed().folder, 'node_modules/@showroom/sdk/package.json'), 'utf8'),
    );
    expect(manifest).to.deep.include({ license: 'MIT', sideEffects: false });
    expect(manifest.publishConfig).to.deep.equal({ access: 'public', provenance: true });
    expect(manifest).not.to.have.property('dependencies');
  });
}
