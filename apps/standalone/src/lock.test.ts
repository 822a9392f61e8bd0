import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { lockFolder } from './lock.js';

describe('lockFolder', () => {
  let folder: string;
  const lockFile = () => path.join(folder, 'standalone.lock');

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-test-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('lets one in, and the next when it has gone', () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).to.throw(`already (process ${process.pid})`);
    unlock();
    lockFolder(folder)();
    expect(fs.readdirSync(folder)).to.eql([]);
  });

  it('makes the folder', () => {
    lockFolder(path.join(folder, 'new'))();
    expect(fs.existsSync(path.join(folder, 'new'))).to.equal(true);
  });

  it('takes over from a dead process', () => {
    const { pid } = spawnSync('true');
    fs.writeFileSync(lockFile(), `${pid} 1`);
    lockFolder(folder)();
  });

  it('takes over when the id belongs to another process now', () => {
    fs.writeFileSync(lockFile(), `${process.pid} 1`);
    lockFolder(folder)();
  });

  it('does not give back what another took over', () => {
    const unlock = lockFolder(folder);
    fs.writeFileSync(lockFile(), 'another');
    unlock();
    expect(fs.readFileSync(lockFile(), 'utf8')).to.equal('another');
  });
});
