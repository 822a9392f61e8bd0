import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import { type CliService, startCliService } from './service.suite.js';

/** The command, typed as somebody would, against the real service. */
describe('cli', function () {
  this.timeout(60_000);
  let service: CliService;
  let showroom: CliService['showroom'];
  let json: CliService['json'];
  let folder: string;
  let database: TestDatabase;
  let url: string;

  before(async () => {
    service = await startCliService();
    ({ showroom, json, folder, database, url } = service);
    await writeFile(
      join(folder, 'clients.csv'),
      'phone_number,timezone,mobile_operator_code,tag\n79000000001,UTC,1,1\n79000000002,UTC,1,1\n',
    );
  });
  after(() => service?.stop());

  /** The one line that a command says with `--json`. */
  const one = async (given: string[]) => (await json(given))[0]!;

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
    expect(good.stdout).to.equal('2 rows: 2 created, 0 updated, 0 skipped, 0 refused.\n');
    expect(good.code).to.equal(0);
    const again = await showroom(['clients', 'import', join(folder, 'clients.csv')]);
    expect(again.stdout).to.equal(
      '2 rows: 0 created, 0 updated, 2 skipped, 0 refused.\nPhone numbers: 2 known already.\n',
    );
    expect(again.code).to.equal(0);
    const file = join(folder, 'clients.ndjson');
    await writeFile(file, '{"phone_number":"7x","timezone":"UTC","mobile_operator_code":1,"tag":1}\n');
    const bad = await showroom(['clients', 'import', file]);
    expect(bad.code).to.equal(1);
    expect(bad.stdout).to.match(/1 refused\.\nLine 1, phone_number "7x": /);
    const none = await showroom(['clients', 'import', join(folder, 'none.csv')]);
    expect(none.code).to.equal(2);
    expect(none.stderr).to.match(/none\.csv cannot be read: ENOENT.*\n$/);
    const tree = await showroom(['clients', 'import', folder]);
    expect(tree).to.deep.include({ code: 2, stderr: `${folder} cannot be read: it is a folder.\n` });
  });

  it('imports what is piped in', async () => {
    const { code, stdout } = await showroom(['clients', 'import', '-', '--format', 'csv'], {}, (child) => {
      child.stdin!.write('phone_number,timezone,mobile_operator_code,tag\n79000000001,UTC,1,1\n');
      child.stdin!.end('79000000009,Mars,1,1\n');
    });
    expect(stdout).to.match(
      /^2 rows: 0 created, 0 updated, 1 skipped, 1 refused\.\nPhone numbers: 1 known already\.\nLine 3, timezone "Mars": /,
    );
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
      '--yes',
      '--watch',
    ]);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.equal('Created mailing 1.\nMailing 1 is completed: 2 of 2 sent.\n');
    // Nobody looks at a bar here, so it is told in lines.
    expect(stderr)
      .to.match(/^Start: now\nEnd: {3}\d{4}-.* UTC\n/)
      .and.to.match(/completed: 2 of 2 sent\n$/);
    const progress = await json(['mailing', 'watch', '1']);
    expect(progress.at(-1)).to.include({ status: 'completed', sent: 2, isOver: true });
  });

  it('steers a mailing', async () => {
    const made = await one([
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
      '--yes',
    ]);
    expect((await showroom(['mailing', 'pause', String(made.id)])).stdout).to.equal(`Mailing ${made.id} is paused.\n`);
    expect((await json(['mailing', 'resume', String(made.id)]))[0]).to.include({ status: 'scheduled' });
    expect((await json(['mailing', 'cancel', String(made.id)]))[0]).to.include({ status: 'canceled' });
    const over = await showroom(['mailing', 'resume', String(made.id)]);
    expect(over.code).to.equal(1);
    expect(over.stderr).to.match(/^The mailing has ended\. It can no longer change\./);
    expect((await showroom(['mailing', 'retry', '1'])).stdout).to.equal(
      '0 messages are sent again. Mailing 1 is completed.\n',
    );
  });

  it('tells what did not get there, and why', async () => {
    expect((await showroom(['mailing', 'unsent', '1'])).stdout).to.equal('');
    const failing = await one(['mailing', 'create', '--text', 'x', '--end', '+1h', '--everybody', '--yes']);
    await json(['mailing', 'watch', String(failing.id)]);
    await database.query(
      `UPDATE messages SET status = 'failed', reason = 'refused' WHERE mailing_id = $1 AND client_id = 1`,
      [failing.id],
    );
    await database.query(`UPDATE ranges SET sent = sent - 1, failed = failed + 1 WHERE mailing_id = $1`, [failing.id]);
    const { stdout } = await showroom(['mailing', 'unsent', String(failing.id)]);
    expect(stdout).to.match(/^failed \d+ to 79000000001: .+\n$/);
  });

  it('previews a mailing before its start, and says that nothing is left after its end', async () => {
    const ended = await showroom(['mailing', 'preview', '1']);
    expect(ended).to.deep.include({ code: 0, stdout: 'Nothing is left to send.\n' });
    const planned = ['mailing', 'create', '--text', 'x', '--start', '+1d', '--end', '+2d', '--everybody', '--yes'];
    const { id } = await one(planned);
    expect((await showroom(['mailing', 'preview', String(id)])).stdout).to.match(/^It would reach \d clients: tag vip/);
    expect(await one(['mailing', 'preview', String(id)])).to.include({ left: null });
    await json(['mailing', 'cancel', String(id)]);
    expect((await showroom(['mailing', 'preview', '999'])).code).to.equal(1);
  });

  it('stops all sending at once, says so to whoever watches, and resumes', async () => {
    expect((await showroom(['sending'])).stdout).to.equal('Sending is not stopped.\n');
    const noReason = await showroom(['sending', 'stop']);
    expect(noReason).to.include({ code: 2 });
    expect(noReason.stderr).to.contain("required option '--reason <text>' not specified");
    const stopped = await showroom(['sending', 'stop', '--reason', 'wrong text'], {}, (child) => child.stdin!.end());
    expect(stopped.code, stopped.stderr).to.equal(0);
    expect(stopped.stdout).to.match(/^All sending is stopped since \d{4}-.+Z, by admin: wrong text\n$/);
    expect((await json(['sending']))[0]).to.include({ stopped: true, reason: 'wrong text', by: 'admin' });
    const id = (await json(['mailing', 'create', '--text', 'x', '--end', '+1h', '--everybody', '--yes']))[0]!.id;
    const watched = await showroom(['mailing', 'watch', String(id)], {}, (child) => {
      let said = '';
      child.stderr!.on('data', async (chunk) => {
        said += chunk;
        if (said.includes('all sending is stopped')) await showroom(['sending', 'resume']);
      });
    });
    expect(watched.stderr).to.match(
      /running: 0 of 2 sent, all sending is stopped \(run showroom sending to see why\)\n/,
    );
    expect(watched.stdout).to.equal(`Mailing ${id} is completed: 2 of 2 sent.\n`);
    expect((await json(['sending', 'resume']))[0]).to.include({ stopped: false, reason: null });
  });

  it('ends well when it is stopped, or when nobody reads on', async () => {
    const forAll = ['--everybody', '--yes'];
    const { id } = await one(['mailing', 'create', '--text', 'x', '--start', '+1d', '--end', '+2d', ...forAll]);
    const stopped = await showroom(['mailing', 'watch', String(id)], {}, (child) => {
      child.stderr!.once('data', () => child.kill('SIGINT'));
    });
    expect(stopped.code).to.equal(130);
    expect(stopped.stderr).to.match(new RegExp(`Stopped watching\\. Mailing ${id} continues\\.\\n$`));
    const closed = await showroom(['mailing', 'watch', '1', '--json'], {}, (child) => child.stdout!.destroy());
    expect(closed.code).to.equal(0);
    expect(closed.stderr).not.to.contain('EPIPE');
    await json(['mailing', 'cancel', String(id)]);
  });

  it('counts', async () => {
    expect((await showroom(['statistic', '1'])).stdout).to.match(
      /^Mailing 1 is completed: 2 of 2 sent, .*\n {2}tag vip: 2 of 2 sent/,
    );
    expect((await json(['statistic']))[0]).to.include({ mailings: 6, clients: 2 });
  });

  it('says what makes no sense, and which values were refused', async () => {
    const forVips = ['mailing', 'create', '--text', 'x', '--tag', 'vip', '--yes'];
    const before = await showroom([...forVips, '--start', '+2d', '--end', '+1d']);
    expect(before.code).to.equal(1);
    expect(before.stderr).to.match(
      /\nSome values were refused\. end_notification_date: The end must be after the start\. \(request [\w-]+\)\n$/,
    );
    for (const [given, words] of [
      [[...forVips, '--end', 'soon'], 'It must be now, +30m, +2h'],
      [[...forVips, '--end', '03.04.2099'], 'the year comes first'],
      [[...forVips, '--end', 'now'], 'Nothing would be sent'],
      [[...forVips, '--end', '+1h', '--tag', ''], 'It must not be empty.'],
      [['mailing', 'pause', 'one'], 'It must be a whole number greater than 0.'],
      [['clients', 'import', 'x.csv', '--known', 'replace'], 'Allowed choices are skip, update, add.'],
      [['nonsense'], "unknown command 'nonsense'"],
      [['--url', 'localhost:8005', 'statistic'], "baseUrl must be like 'https://showroom.example.com'"],
    ] as const) {
      const { code, stderr } = await showroom([...given]);
      expect(code, stderr).to.equal(2);
      expect(stderr).to.contain(words).and.not.contain('    at ');
    }
    const nobody = await showroom(['login', '--url', url, '--username', 'admin'], {}, (child) => child.stdin!.end());
    expect(nobody).to.deep.include({ code: 2, stderr: 'Password of admin: \nNothing was entered.\n' });
    expect(await showroom(['--version'])).to.deep.include({ code: 0, stdout: '0.1.0\n' });
  });

  it('needs no login where the environment says it all; signs out', async () => {
    const { token } = JSON.parse(await readFile(join(folder, 'showroom', 'login.json'), 'utf8'));
    expect((await showroom(['logout'])).code).to.equal(0);
    expect((await showroom(['statistic'])).code).to.equal(2);
    const scripted = await showroom(['statistic', '--json'], { SHOWROOM_URL: url, SHOWROOM_TOKEN: token });
    expect(JSON.parse(scripted.stdout)).to.include({ mailings: 6 });
  });
});
