import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, startApp, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The service as it is, and the command to call it by, in a home of its own. */
export interface CliService {
  readonly folder: string;
  readonly database: TestDatabase;
  readonly url: string;
  /** What a command says, and how it ends. */
  showroom(given: string[], environment?: Record<string, string>, use?: (child: ChildProcess) => void): Promise<Ended>;
  /** What a command that goes well says with `--json`, line by line. */
  json(given: string[]): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export const command = ['packages/cli/dist/main.js'];

/** Its administrator is `admin` with the password `pw`; there are a tag `vip` and a code `900`. */
export async function startCliService(): Promise<CliService> {
  const folder = await mkdtemp(join(tmpdir(), 'showroom-cli-'));
  const database = await createTestDatabase();
  const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'error' };
  const server = startApp('apps/server/dist/main.js', { ...settings, PORT: '0', ADMIN_PASSWORD: 'pw' });
  const probe = startApp('apps/probe/dist/main.js', { PORT: '0' });
  const provider = { PROVIDER_URL: String((await probe.ready()).url), PROVIDER_TOKEN: 't' };
  const url = String((await server.ready()).url);
  const worker = startApp('apps/worker/dist/main.js', { ...settings, ...provider });
  await worker.ready();
  await database.query(`INSERT INTO tags (name) VALUES ('vip')`);
  await database.query(`INSERT INTO codes (code) VALUES ('900')`);

  const showroom: CliService['showroom'] = (given, environment = {}, use = () => {}) => {
    const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, ...environment };
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [...command, ...given], { env }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
      use(child);
    });
  };
  return {
    ...{ folder, database, url, showroom },
    json: async (given) => {
      const { stdout, stderr, code } = await showroom([...given, '--json']);
      expect(code, stderr).to.equal(0);
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    },
    stop: async () => {
      await Promise.all([server, probe, worker].map((app) => app.stop()));
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
