import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect } from 'chai';

const script = join(import.meta.dirname ?? 'deploy', 'write-env.mjs');
const names = [
  'POSTGRES_PASSWORD',
  'DATABASE_PASSWORD',
  'MONGO_ROOT_PASSWORD',
  'MONGO_PASSWORD',
  'ADMIN_PASSWORD',
  'PROVIDER_TOKEN',
];

describe('write-env', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'write-env-'));
    file = join(dir, '.env');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  const run = () => execFileSync('node', [script, file], { encoding: 'utf8' });
  const secrets = () => parseEnv(readFileSync(file, 'utf8'));
  const modeOf = () => statSync(file).mode & 0o777;

  it('makes every secret, long and different each time, for the owner alone', () => {
    const said = run();
    const made = secrets();
    expect(Object.keys(made)).to.have.members(names);
    expect(new Set(Object.values(made)).size).to.equal(names.length);
    for (const [name, value] of Object.entries(made)) {
      // They stand in URLs as they are.
      expect(value, name).to.match(/^[\w-]{32}$/);
      expect(said).to.contain(name).and.not.contain(value);
    }
    expect(modeOf()).to.equal(0o600);
    expect(readdirSync(dir)).to.deep.equal(['.env']);
    rmSync(file);
    run();
    expect(secrets().ADMIN_PASSWORD).not.to.equal(made.ADMIN_PASSWORD);
  });

  it('changes nothing at a second run', () => {
    run();
    const before = readFileSync(file, 'utf8');
    expect(run()).to.contain('Nothing was changed');
    expect(readFileSync(file, 'utf8')).to.equal(before);
  });

  it('keeps what is set, in every way to write it, with comments and order', () => {
    const lines = [
      '# mine',
      'PROVIDER_URL=https://provider.example',
      'PROVIDER_TOKEN="quo ted # no comment"',
      'export ADMIN_PASSWORD=mine',
      'MONGO_PASSWORD: colon',
      '  POSTGRES_PASSWORD = spaced',
      'MONGO_ROOT_PASSWORD=#hash',
    ];
    writeFileSync(file, lines.join('\r\n'), { mode: 0o644 });
    chmodSync(file, 0o644);
    expect(run()).to.contain('DATABASE_PASSWORD').and.not.contain('ADMIN_PASSWORD');
    expect(readFileSync(file, 'utf8').split('\n').slice(0, lines.length)).to.deep.equal(lines);
    expect(modeOf()).to.equal(0o600);
  });

  it('fills in what is set to nothing, which Compose takes for unset', () => {
    writeFileSync(
      file,
      `ADMIN_PASSWORD=\nPROVIDER_TOKEN=''\nMONGO_PASSWORD="" # later\nMONGO_ROOT_PASSWORD= # later\nDATABASE_PASSWORD=first\nDATABASE_PASSWORD=\n`,
    );
    run();
    for (const name of names) expect(secrets()[name], name).to.match(/^[\w-]{32}$/);
    expect(readFileSync(file, 'utf8').match(/ADMIN_PASSWORD/g)).to.have.length(1);
  });

  it('closes a file to others that has all secrets already', () => {
    run();
    chmodSync(file, 0o644);
    run();
    expect(modeOf()).to.equal(0o600);
  });

  it('follows a link, and leaves it a link', () => {
    writeFileSync(join(dir, 'real'), 'LOG_LEVEL=debug\n');
    symlinkSync(join(dir, 'real'), file);
    run();
    expect(lstatSync(file).isSymbolicLink()).to.equal(true);
    expect(secrets()).to.include({ LOG_LEVEL: 'debug' }).and.include.keys(names);
  });

  it('leaves nothing behind where it cannot write', () => {
    const { status } = spawnSync('node', [script, join(dir, 'nowhere', '.env')]);
    expect(status).not.to.equal(0);
    expect(readdirSync(dir)).to.deep.equal([]);
  });

  it('writes where git and the image do not look', () => {
    const root = join(script, '..', '..');
    expect(spawnSync('git', ['check-ignore', '--quiet', '.env'], { cwd: root }).status).to.equal(0);
    expect(readFileSync(join(root, '.dockerignore'), 'utf8').split('\n')).to.include('**/.env');
  });
});
