import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ApiError } from '../../errors.js';
import { withSpool } from './spool.js';
import { createSpoolSpace } from './spool-space.js';

const codeOf = (work: Promise<unknown>) => work.catch((error: ApiError) => error.error);
const read = async (pieces: AsyncIterable<Buffer>) => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};

describe('spools', () => {
  it('give back what was written, from the beginning, again and again', async () => {
    const texts = await withSpool(createSpoolSpace(100), async (spool) => {
      await spool.write('ä');
      await spool.write('b');
      return [await read(spool.read()), await read(spool.read())];
    });
    expect(texts).to.deep.equal(['äb', 'äb']);
  });

  it('share a space, which is free again when they are gone', async () => {
    const space = createSpoolSpace(10);
    const nested = withSpool(space, async (one) => {
      await one.write('123456');
      // Four bytes are left, and the characters of this are five.
      const other = await codeOf(withSpool(space, (two) => two.write('жжa')));
      await withSpool(space, (two) => two.write('жж'));
      await one.write('7890');
      return other;
    });
    expect(await nested).to.equal('import.no_space');
    expect(await codeOf(withSpool(space, (spool) => spool.write('1234567890')))).to.equal(undefined);
    expect(await codeOf(withSpool(space, (spool) => spool.write('12345678901')))).to.equal('import.no_space');
  });

  describe('on a disk of a megabyte', () => {
    const { TMPDIR } = process.env;
    let disk: string;
    before(function () {
      disk = mkdtempSync(join(tmpdir(), 'showroom-disk-'));
      const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], {
        encoding: 'utf8',
      });
      if (status !== 0) {
        process.stderr.write(`LEFT OUT, a full disk: a tmpfs cannot be mounted (${stderr?.trim()}).\n`);
        rmSync(disk, { recursive: true });
        return this.skip();
      }
      process.env.TMPDIR = disk;
    });
    after(() => {
      if (process.env.TMPDIR !== disk) return;
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      spawnSync('umount', [disk]);
      rmSync(disk, { recursive: true });
    });

    it('say that there is no space, and leave nothing behind', async () => {
      const space = createSpoolSpace(1e9);
      const free = () => statfsSync(disk).bavail;
      const before = free();
      for (let round = 0; round < 3; round++) {
        const full = withSpool(space, async (spool) => {
          for (let piece = 0; piece < 40; piece++) await spool.write('x'.repeat(65_536));
        });
        expect(await codeOf(full)).to.equal('import.no_space');
        expect(readdirSync(disk)).to.deep.equal([]);
        expect(free()).to.equal(before);
      }
      expect(await withSpool(space, async (spool) => spool.write('x'.repeat(65_536)))).to.equal(undefined);
    });
  });
});
