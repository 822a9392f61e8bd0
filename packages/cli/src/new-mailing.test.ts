import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type CliService, command, startCliService } from './service.suite.js';

const hour = 3_600_000;

/** Gives a command a terminal of its own; that of Linux. */
const findsScript = spawnSync('script', ['-qefc', 'true', '/dev/null']).status === 0;

/** Nothing is sent to anybody whom somebody has not named, or seen and agreed to. */
describe('a new mailing, by the cli', function () {
  this.timeout(60_000);
  let service: CliService;
  let token: string;

  before(async () => {
    service = await startCliService();
    const headers = { authorization: `Basic ${btoa('admin:pw')}`, 'content-type': 'application/json' };
    const all = await fetch(`${service.url}/api/v1/permissions/?limit=1000`, { headers });
    const permissions = ((await all.json()) as { results: { id: number }[] }).results.map(({ id }) => id);
    const body = JSON.stringify({ name: 'tests', permissions });
    const made = await fetch(`${service.url}/api/v1/tokens/`, { method: 'POST', headers, body });
    ({ token } = (await made.json()) as { token: string });
    await service.database.query(`INSERT INTO tags (name) VALUES ('gold')`);
    await service.database.query(
      `INSERT INTO clients (phone_number, timezone, code_id, tag_id)
       SELECT (79000000000 + n)::text, 'Europe/Moscow', 1, 1 + (n % 4)::int / 3 FROM generate_series(1, 1234) n`,
    );
  });
  after(() => service?.stop());

  const place = (url = service.url) => ({ SHOWROOM_URL: url, SHOWROOM_TOKEN: token });
  const later = ['mailing', 'create', '--text', 'Come and see', '--start', '+1d', '--end', '+2d'];
  const create = (...given: string[]) => service.showroom([...later, ...given], place());
  const count = async () =>
    Number((await service.database.query<{ count: string }>('SELECT count(*) FROM mailings'))[0]!.count);

  for (const [what, given, words] of [
    ['names nobody', ['--yes'], /^Choose the audience: --tag or --code .*--everybody/],
    ['names nobody, and would only look', ['--dry-run'], /--everybody/],
    ['names somebody and everybody', ['--everybody', '--tag', 'vip', '--yes'], /^--everybody does not go with --tag/],
    ['names a code and everybody', ['--everybody', '--code', '900', '--yes'], /^--everybody does not go with/],
    ['was not agreed to, and nobody can be asked', ['--everybody'], /^This is not a terminal, .*--yes .*--dry-run/],
    ['was not agreed to, with --json', ['--tag', 'vip', '--json'], /^This is not a terminal/],
    ['would only look, and be agreed to', ['--tag', 'vip', '--dry-run', '--yes'], /'--dry-run' cannot be used with/],
    ['would only look, and watch', ['--tag', 'vip', '--dry-run', '--watch'], /'--dry-run' cannot be used with/],
    ['has an empty tag', ['--tag', '', '--yes'], /It must not be empty/],
    ['has a blank code', ['--code', ' ', '--yes'], /It must not be empty/],
  ] as [string, string[], RegExp][]) {
    it(`is refused when it ${what}, before anything is asked of the service`, async () => {
      const ended = await service.showroom([...later, ...given], place('http://127.0.0.1:1'));
      expect(ended).to.include({ code: 2, stdout: '' });
      expect(ended.stderr).to.match(words);
    });
  }

  it('is shown by --dry-run, and not made', async () => {
    const before = await count();
    const { code, stdout, stderr } = await create('--everybody', '--dry-run');
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(
      /^It would reach 1,234 clients: tag vip 926, gold 308; code 900 1,234\.\nAmong them: 790.*\(Europe\/Moscow\), /,
    );
    expect(stdout).to.contain('The text takes 1 SMS part each (GSM-7), 1,234 in all.\n');
    expect(stderr).to.match(/^Start: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d .*UTC\nEnd: {3}\d{4}-.*UTC\n$/);
    const asJson = await create('--tag', 'gold', '--dry-run', '--json');
    expect(JSON.parse(asJson.stdout)).to.deep.include({ audience: 308 });
    expect((await create('--tag', 'nobody', '--dry-run')).code).to.equal(1);
    expect(await count()).to.equal(before);
  });

  it('is made where somebody agreed beforehand', async () => {
    const before = await count();
    for (const given of [['--everybody'], ['--tag', 'vip'], ['--code', '900', '--json']]) {
      const { code, stderr } = await create(...given, '--yes');
      expect(code, stderr).to.equal(0);
    }
    expect(await count()).to.equal(before + 3);
  });

  it('repeats its dates as they were understood', async () => {
    const typed = ['mailing', 'create', '--text', 'x', '--tag', 'vip', '--yes'];
    const dates = ['--start', '2098-12-01 10:00', '--end', '2098-12-01T22:30Z'];
    const { stderr } = await service.showroom([...typed, ...dates], { ...place(), TZ: 'Europe/Moscow' });
    expect(stderr).to.equal(
      'Start: 2098-12-01 10:00 +03:00 (Europe/Moscow), which is 07:00 UTC\n' +
        'End:   2098-12-02 01:30 +03:00 (Europe/Moscow), which is 2098-12-01 22:30 UTC\n',
    );
    const [row] = await service.database.query('SELECT start_at, end_at FROM mailings ORDER BY id DESC LIMIT 1');
    expect(JSON.parse(JSON.stringify(row))).to.deep.equal({
      start_at: '2098-12-01T07:00:00.000Z',
      end_at: '2098-12-01T22:30:00.000Z',
    });
  });

  it("counts from the service's now, also where this machine's clock is wrong", async () => {
    // In front of the service, whose clock then seems to be an hour ahead.
    const ahead = createServer(async (request, response) => {
      const body: Uint8Array[] = [];
      for await (const piece of request) body.push(piece);
      const answer = await fetch(`${service.url}${request.url}`, {
        method: request.method ?? 'GET',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body.length > 0 && { body: Buffer.concat(body) }),
      });
      response.sendDate = false;
      response
        .writeHead(answer.status, {
          'content-type': answer.headers.get('content-type') ?? '',
          date: new Date(Date.now() + hour).toUTCString(),
        })
        .end(await answer.text());
    });
    await new Promise<void>((resolve) => ahead.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(ahead.address() as AddressInfo).port}`;
      const given = ['mailing', 'create', '--text', 'x', '--tag', 'vip', '--start', '+1h', '--end', '+2h', '--yes'];
      const { code, stderr } = await service.showroom(given, place(url));
      expect(code, stderr).to.equal(0);
      const [row] = await service.database.query<{ start: number; end: number }>(
        `SELECT extract(epoch FROM start_at - now())::float AS start, extract(epoch FROM end_at - now())::float AS end
         FROM mailings ORDER BY id DESC LIMIT 1`,
      );
      expect(row!.start).to.be.within(7_140, 7_201);
      expect(row!.end - row!.start).to.be.within(3_599, 3_601);
    } finally {
      ahead.close();
    }
  });

  it("starts by the service's clock when it starts now", async () => {
    const given = ['mailing', 'create', '--text', 'x', '--tag', 'gold', '--end', '+1h', '--yes'];
    for (const start of [[], ['--start', 'now']]) {
      const { code, stderr } = await service.showroom([...given, ...start], place());
      expect(code, stderr).to.equal(0);
      expect(stderr).to.match(/^Start: now\nEnd: {3}/);
      const [row] = await service.database.query<{ age: number }>(
        'SELECT extract(epoch FROM now() - start_at)::float AS age FROM mailings ORDER BY id DESC LIMIT 1',
      );
      expect(row!.age).to.be.within(0, 10);
    }
  });

  it('is refused when its end has passed', async () => {
    const given = ['mailing', 'create', '--text', 'x', '--tag', 'vip', '--end', '2020-01-01T00:00Z', '--yes'];
    const { code, stderr } = await service.showroom(given, place());
    expect(code).to.equal(1);
    expect(stderr).to.contain('end_notification_date: ');
  });

  describe('on a terminal', () => {
    before(function () {
      if (findsScript) return;
      process.stderr.write('LEFT OUT, the cli on a terminal: there is no script (of util-linux).\n');
      this.skip();
    });

    /** Types an answer once the question is seen. */
    async function typed(given: string[], answer: string | null, question = '[y/N] ') {
      const words = [process.execPath, ...command, ...given].map((word) => `'${word}'`).join(' ');
      const env = { PATH: process.env.PATH, HOME: service.folder, XDG_CONFIG_HOME: service.folder, ...place() };
      const child = spawn('script', ['-qefc', words, '/dev/null'], {
        env: { ...env, TERM: 'xterm', SHELL: '/bin/sh' },
      });
      let seen = '';
      const asked = new Promise<void>((resolve) => {
        child.stdout.on('data', (piece) => {
          seen += piece;
          if (seen.includes(question)) resolve();
        });
      });
      const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? -1)));
      await Promise.race([asked, ended]);
      if (answer !== null) child.stdin.write(answer);
      const code = await ended;
      return { code, seen: seen.replaceAll('\r\n', '\n') };
    }

    it('shows whom it reaches, and is made for a yes only', async () => {
      for (const [answer, isMade] of [
        ['y\r', true],
        ['YES\r', true],
        ['\r', false],
        ['n\r', false],
        ['yy\r', false],
        ['\u0004', false],
      ] as const) {
        const before = await count();
        const { code, seen } = await typed([...later, '--everybody'], answer);
        const context = `${JSON.stringify(answer)}: ${seen}`;
        expect(seen, context).to.contain('It would reach 1,234 clients').and.contain('Send to 1,234 clients? [y/N] ');
        expect(seen, context).to.match(isMade ? /Created mailing \d+\.\n/ : /No mailing was created\.\n/);
        expect(code, context).to.equal(isMade ? 0 : 1);
        expect(await count(), context).to.equal(before + (isMade ? 1 : 0));
      }
    });

    it('is not made when Ctrl-C answers', async () => {
      const before = await count();
      const { code, seen } = await typed([...later, '--tag', 'vip'], '\u0003');
      expect(seen, JSON.stringify(seen)).to.match(
        /Send to 926 clients\? \[y\/N\] .*\nStopped\. No mailing was created\.\n$/s,
      );
      expect(code).to.equal(130);
      expect(await count()).to.equal(before);
    });

    it('asks nothing where it was agreed to, or results are for a program', async () => {
      const agreed = await typed([...later, '--tag', 'vip', '--yes'], null);
      expect(agreed.code, agreed.seen).to.equal(0);
      expect(agreed.seen).not.to.contain('[y/N]');
      const program = await typed([...later, '--tag', 'vip', '--json'], null);
      expect(program.code, program.seen).to.equal(2);
    });

    it('is canceled, and what failed is sent again, for a yes only', async () => {
      const made = await service.showroom([...later, '--tag', 'vip', '--yes', '--json'], place());
      const id = String(JSON.parse(made.stdout).id);
      const kept = await typed(['mailing', 'cancel', id], '\r');
      expect(kept.seen).to.contain(`Cancel mailing ${id}, "Come and see" (scheduled)? [y/N] `);
      expect(kept.seen).to.contain('Nothing was changed.\n');
      expect(kept.code).to.equal(1);
      const again = await typed(['mailing', 'retry', id], '\u0003');
      expect(again.seen).to.contain(`Send again what failed of mailing ${id}, "Come and see" (scheduled)? [y/N] `);
      expect(again.code).to.equal(130);
      const canceled = await typed(['mailing', 'cancel', id], 'y\r');
      expect(canceled.seen).to.contain(`Mailing ${id} is canceled.\n`);
      expect(canceled.code).to.equal(0);
    });
  });

  it('says nothing that would steer a terminal', async () => {
    await service.database.query(`INSERT INTO tags (name) VALUES (E'\\u001b[2Jred\\u202e')`);
    await service.database.query('UPDATE clients SET tag_id = 3 WHERE id = 1');
    const { stdout } = await create('--everybody', '--dry-run');
    await service.database.query('UPDATE clients SET tag_id = 1 WHERE id = 1');
    expect(stdout).to.contain('\\u{1b}[2Jred\\u{202e} 1').and.not.contain('\u001b');
  });
});
