import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';
import { expect } from 'chai';

/** The command, typed as somebody would, against the real service. */
describe('cli', function () {
  this.timeout(60_000);
  let folder: string;
  let database: TestDatabase;
  let apps: TestProcess[];
  let url: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'showroom-cli-'));
    database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'error' };
    const server = startApp('apps/server/src/main.ts', { ...environment, PORT: '0', ADMIN_PASSWORD: 'pw' });
    const probe = startApp('apps/probe/src/main.ts', { PORT: '0' });
    const provider = { PROVIDER_URL: String((await probe.ready()).url), PROVIDER_TOKEN: 't' };
    url = String((await server.ready()).url);
    const worker = startApp('apps/worker/src/main.ts', { ...environment, ...provider });
    apps = [server, probe, worker];
    await worker.ready();
    await database.query(`INSERT INTO tags (name) VALUES ('vip')`);
    await database.query(`INSERT INTO codes (code) VALUES ('900')`);
    await writeFile(
      join(folder, 'clients.csv'),
      'phone_number,timezone,mobile_operator_code,tag\n79000000001,UTC,1,1\n79000000002,UTC,1,1\n',
    );
  });
  after(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  /** What a command says, and how it ends. */
  function showroom(given: string[], environment: Record<string, string> = {}, use = (_child: ChildProcess) => {}) {
    const node = ['--conditions=showroom-src', '--import', 'tsx', 'packages/cli/src/main.ts'];
    const env = { PATH: process.env.PATH, HOME: folder, XDG_CONFIG_HOME: folder, ...environment };
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const child = execFile(process.execPath, [...node, ...given], { env }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
      use(child);
    });
  }
  const json = async (given: string[]) => {
    const { stdout, stderr, code } = await showroom([...given, '--json']);
    expect(code, stderr).to.equal(0);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };

  it('says what to do first', async () => {
    const { code, stderr } = await showroom(['statistic']);
    expect(code).to.equal(2);
    expect(stderr).to.equal('Sign in first: showroom login --url … --username …\n');
  });

  it('signs in with a password, and keeps a token that only this user can read', async () => {
    const { code, stdout, stderr } = await showroom(['login', '--url', url, '--username', 'admin'], {
      SHOWROOM_PASSWORD: 'pw',
    });
    expect(code, stderr).to.equal(0);
    expect(stdout).to.equal(`Signed in to ${url} as admin.\n`);
    const file = join(folder, 'showroom', 'login.json');
    expect(JSON.parse(await readFile(file, 'utf8')).token).to.match(/^showroom_/);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    const tokens = () => database.query('SELECT id FROM tokens ORDER BY id');
    const [first] = await tokens();
    const again = await showroom(['login', '--url', url, '--username', 'admin'], { SHOWROOM_PASSWORD: 'pw' });
    expect(again.code).to.equal(0);
    const left = await tokens();
    expect(left).to.have.lengthOf(1);
    expect(left[0]).not.to.deep.equal(first);
    const wrong = await showroom(['login', '--url', url, '--username', 'admin'], { SHOWROOM_PASSWORD: 'wrong' });
    expect(wrong).to.include({ code: 1, stdout: '' });
    expect(wrong.stderr).to.match(/^Invalid username\/password\. \(request [\w-]+\)\n$/);
  });

  it('imports a file, and fails when a row is refused', async () => {
    const good = await showroom(['clients', 'import', join(folder, 'clients.csv')]);
    expect(good.stdout).to.equal('2 rows: 2 created, 0 updated, 0 as they were, 0 refused.\n');
    expect(good.code).to.equal(0);
    const file = join(folder, 'clients.ndjson');
    await writeFile(file, '{"phone_number":"7x","timezone":"UTC","mobile_operator_code":1,"tag":1}\n');
    const bad = await showroom(['clients', 'import', file, '--known', 'skip']);
    expect(bad.code).to.equal(1);
    expect(bad.stdout).to.match(/1 refused\.\nRow 1, phone_number: /);
    const none = await showroom(['clients', 'import', join(folder, 'none.csv')]);
    expect(none.code).to.equal(2);
    expect(none.stderr).to.match(/none\.csv cannot be read: ENOENT.*\n$/);
    const tree = await showroom(['clients', 'import', folder]);
    expect(tree).to.deep.include({ code: 2, stderr: `${folder} cannot be read: it is a folder.\n` });
  });

  it('imports what is piped in', async () => {
    const { code, stdout } = await showroom(
      ['clients', 'import', '-', '--known', 'skip', '--format', 'csv'],
      {},
      (child) => {
        child.stdin!.write('phone_number,timezone,mobile_operator_code,tag\n79000000001,UTC,1,1\n');
        child.stdin!.end('79000000009,Mars,1,1\n');
      },
    );
    expect(stdout).to.match(/^2 rows: 0 created, 0 updated, 1 as they were, 1 refused\.\nRow 2, timezone: /);
    expect(code).to.equal(1);
  });

  it('makes a mailing and watches it to its end', async () => {
    const { code, stdout, stderr } = await showroom([
      'mailing',
      'create',
      '--text',
      'Приходите',
      '--tag',
      'vip',
      '--end',
      '+2h',
      '--watch',
    ]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.equal('Mailing 1 is made.\nMailing 1 is completed: 2 of 2 sent.\n');
    // Nobody looks at a bar here, so it is told in lines.
    expect(stderr).to.match(/completed: 2 of 2 sent\n$/);
    const progress = await json(['mailing', 'watch', '1']);
    expect(progress.at(-1)).to.include({ status: 'completed', sent: 2, isOver: true });
  });

  it('steers a mailing', async () => {
    const [made] = await json([
      'mailing',
      'create',
      '--text',
      'later',
      '--start',
      '+1d',
      '--end',
      '+2d',
      '--code',
      '900',
    ]);
    expect((await showroom(['mailing', 'pause', String(made.id)])).stdout).to.equal(`Mailing ${made.id} is paused.\n`);
    expect((await json(['mailing', 'resume', String(made.id)]))[0]).to.include({ status: 'scheduled' });
    expect((await json(['mailing', 'cancel', String(made.id)]))[0]).to.include({ status: 'canceled' });
    const over = await showroom(['mailing', 'resume', String(made.id)]);
    expect(over.code).to.equal(1);
    expect(over.stderr).to.match(/^The mailing has ended: it cannot change any more\./);
    expect((await showroom(['mailing', 'retry', '1'])).stdout).to.equal(
      '0 messages are sent again. Mailing 1 is completed.\n',
    );
  });

  it('tells what did not get there, and why', async () => {
    expect((await showroom(['mailing', 'unsent', '1'])).stdout).to.equal('');
    const failing = await json(['mailing', 'create', '--text', 'x', '--end', '+1h']);
    await json(['mailing', 'watch', String(failing[0].id)]);
    await database.query(
      `UPDATE messages SET status = 'failed', reason = 'refused' WHERE mailing_id = $1 AND client_id = 1`,
      [failing[0].id],
    );
    await database.query(`UPDATE ranges SET sent = sent - 1, failed = failed + 1 WHERE mailing_id = $1`, [
      failing[0].id,
    ]);
    const { stdout } = await showroom(['mailing', 'unsent', String(failing[0].id)]);
    expect(stdout).to.match(/^failed \d+ to 79000000001: .+\n$/);
  });

  it('ends well when it is stopped, or when nobody reads on', async () => {
    const [{ id }] = await json(['mailing', 'create', '--text', 'x', '--start', '+1d', '--end', '+2d']);
    const stopped = await showroom(['mailing', 'watch', String(id)], {}, (child) => {
      child.stderr!.once('data', () => child.kill('SIGINT'));
    });
    expect(stopped.code).to.equal(130);
    expect(stopped.stderr).to.match(new RegExp(`Stopped watching: mailing ${id} goes on\\.\\n$`));
    const closed = await showroom(['mailing', 'watch', '1', '--json'], {}, (child) => child.stdout!.destroy());
    expect(closed.code).to.equal(0);
    expect(closed.stderr).not.to.contain('EPIPE');
    await json(['mailing', 'cancel', String(id)]);
  });

  it('counts', async () => {
    expect((await showroom(['statistic', '1'])).stdout).to.match(
      /^Mailing 1 is completed: 2 of 2 sent, .*\n {2}tag vip: 2 of 2 sent/,
    );
    expect((await json(['statistic']))[0]).to.include({ mailings: 4, clients: 2 });
  });

  it('says what makes no sense, and which values were refused', async () => {
    const noEnd = await showroom(['mailing', 'create', '--text', 'x', '--end', 'soon']);
    expect(noEnd.code).to.equal(2);
    expect(noEnd.stderr).to.contain('It must be "now", "+2h"');
    const before = await showroom(['mailing', 'create', '--text', 'x', '--start', '+2d', '--end', '+1d']);
    expect(before.code).to.equal(1);
    expect(before.stderr).to.match(
      /^Some values were refused\. end_notification_date: The end must be after the start\. \(request [\w-]+\)\n$/,
    );
    for (const [given, words] of [
      [['mailing', 'pause', 'one'], 'It must be a whole number above 0.'],
      [['clients', 'import', 'x.csv', '--known', 'replace'], 'Allowed choices are add, update, skip.'],
      [['nonsense'], "unknown command 'nonsense'"],
      [['--url', 'localhost:8005', 'statistic'], "baseUrl must be like 'https://showroom.example.com'"],
    ] as const) {
      const { code, stderr } = await showroom([...given]);
      expect(code, stderr).to.equal(2);
      expect(stderr).to.contain(words).and.not.contain('    at ');
    }
    const nobody = await showroom(['login', '--url', url, '--username', 'admin'], {}, (child) => child.stdin!.end());
    expect(nobody).to.deep.include({ code: 2, stderr: 'Password of admin: \nNothing was answered.\n' });
    expect(await showroom(['--version'])).to.deep.include({ code: 0, stdout: '0.1.0\n' });
  });

  it('needs no login where the environment says it all; signs out', async () => {
    const { token } = JSON.parse(await readFile(join(folder, 'showroom', 'login.json'), 'utf8'));
    expect((await showroom(['logout'])).code).to.equal(0);
    expect((await showroom(['statistic'])).code).to.equal(2);
    const scripted = await showroom(['statistic', '--json'], { SHOWROOM_URL: url, SHOWROOM_TOKEN: token });
    expect(JSON.parse(scripted.stdout)).to.include({ mailings: 4 });
  });
});
