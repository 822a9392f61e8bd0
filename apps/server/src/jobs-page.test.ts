import { defaultSettings, ensureFirstSuperuser } from '@showroom/api';
import { createLogger } from '@showroom/app';
import { type Database, openDatabase } from '@showroom/database';
import { type Jobs, openJobs } from '@showroom/jobs';
import {
  chromiumFlags,
  createTestDatabase,
  findChromium,
  noChromium,
  type TestDatabase,
  waitFor,
} from '@showroom/testing';
import { expect } from 'chai';
import type { FastifyInstance } from 'fastify';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createServer } from './app.js';

const admin = { username: 'admin', password: 'pw' };
const basic = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

describe('the page of the jobs', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let jobs: Jobs;
  let app: FastifyInstance;
  let origin: string;

  before(async () => {
    testDatabase = await createTestDatabase();
    database = await openDatabase({ url: testDatabase.url });
    await ensureFirstSuperuser(database, admin);
    const logger = createLogger('server', 'silent');
    jobs = await openJobs({ databaseUrl: testDatabase.url, logger });
    app = await createServer({ database, clock: jobs, jobs, logger, settings: defaultSettings });
    origin = await app.listen({ host: '127.0.0.1', port: 0 });
    for (const [username, isStaff] of [
      ['staff', true],
      ['ivan', false],
    ]) {
      await rest('POST', '/users/', { username, password: 'secret' });
      await testDatabase.query('UPDATE users SET is_staff = $2 WHERE username = $1', [username, isStaff]);
    }
  });
  after(async () => {
    await app.close();
    await jobs.close();
    await database.close();
    await testDatabase.drop();
  });

  const rest = (method: string, path: string, body?: object) =>
    fetch(`${origin}/api/v1${path}`, {
      method,
      headers: { authorization: basic('admin', 'pw'), 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
  const get = (headers: Record<string, string> = {}, path = '/jobs/') =>
    fetch(`${origin}${path}`, { headers, redirect: 'manual' });
  const post = (headers: Record<string, string>, body: object = { jobIds: [] }) =>
    fetch(`${origin}/jobs/api/jobs/delete`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const asStaff = { authorization: basic('staff', 'secret') };

  it('asks a stranger for a name and a password, for every part of it', async () => {
    for (const path of ['/jobs/', '/jobs/api', '/jobs/index.html', '/jobs/api/stats']) {
      const response = await get({}, path);
      expect(response.status, path).to.equal(401);
      expect(response.headers.get('www-authenticate')).to.match(/^Basic realm=/);
    }
    expect((await get({ authorization: basic('staff', 'wrong') })).status).to.equal(401);
  });

  it('is not for ordinary users, nor for tokens of staff', async () => {
    expect((await get({ authorization: basic('ivan', 'secret') })).status).to.equal(403);
    const made = await rest('POST', '/tokens/', { name: 'crm', permissions: [] });
    const { token } = (await made.json()) as { token: string };
    expect((await get({ authorization: `Bearer ${token}` })).status).to.equal(403);
    const audit = await (await rest('GET', '/audit/?action=refuse&user=ivan')).json();
    expect(audit.results[0]).to.include({ operation: 'jobs_dashboard', resource: 'jobs', reason: 'auth.forbidden' });
  });

  it('is for staff, by password or in a session, and for superusers', async () => {
    expect((await get(asStaff)).status).to.equal(200);
    expect((await get({ authorization: basic('admin', 'pw') })).status).to.equal(200);
    const login = await fetch(`${origin}/api/v1/auth/login/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'staff', password: 'secret' }),
    });
    const cookie = login.headers.get('set-cookie')!.split(';')[0]!;
    expect((await get({ cookie })).status).to.equal(200);
    expect((await post({ cookie })).status, 'from nowhere').to.equal(403);
    expect((await post({ cookie, 'sec-fetch-site': 'same-origin' })).status).to.equal(200);
  });

  it('is also there without the slash', async () => {
    const response = await get(asStaff, '/jobs');
    expect(response.status).to.equal(302);
    expect(response.headers.get('location')).to.equal('/jobs/');
  });

  it('takes changes from its own page only', async () => {
    expect((await post({ ...asStaff, 'sec-fetch-site': 'cross-site' })).status).to.equal(403);
    expect((await post({ ...asStaff, origin: 'https://evil.example' })).status).to.equal(403);
    expect((await post(asStaff)).status, 'a program').to.equal(200);
  });

  const executablePath = findChromium();
  (executablePath ? describe : describe.skip)(
    executablePath ? 'in Chromium' : `in Chromium: ${noChromium}`,
    function () {
      this.timeout(60_000);
      let browser: Browser;
      let page: Page;
      let complaints: string[];

      before(async () => {
        browser = await chromium.launch({ executablePath, args: chromiumFlags });
      });
      after(() => browser?.close());
      beforeEach(async () => {
        await testDatabase.query('TRUNCATE agenda.agenda_jobs');
        const httpCredentials = { username: 'staff', password: 'secret' };
        page = await browser.newPage({ httpCredentials, viewport: { width: 1400, height: 900 } });
        complaints = [];
        page.on('pageerror', (error) => complaints.push(String(error)));
        // It asks for news and logs that we do not have, and does without.
        const known = new Set([`${origin}/jobs/api/events`, `${origin}/jobs/api/logs`]);
        page.on('response', (response) => {
          const url = response.url().split('?')[0]!;
          if (response.status() >= 400 && !known.has(url)) complaints.push(`${response.status()} ${url}`);
        });
      });
      afterEach(async () => {
        await page.close();
        expect(complaints).to.deep.equal([]);
      });

      const onePage = { offset: 0, limit: 1 };
      /** The page asks back in a window of its own. */
      const confirm = async () => {
        await page.locator('.modal-container button').last().click();
      };
      const shows = (text: string) => page.getByText(text).first().waitFor({ timeout: 10_000 });

      it('tells jobs in sentences, with how many there are of each', async () => {
        await jobs.send(12, 3);
        await jobs.startAt(13, new Date('2099-01-01'));
        await page.goto(`${origin}/jobs/`);
        await shows('mailing.send {mailing: 12, lane: 3}');
        await shows('mailing.start {mailing: 13}');
        if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
      });

      it('runs a job that waits, removes one, and leaves a line for each in the audit', async () => {
        await jobs.startAt(13, new Date('2099-01-01'));
        await jobs.finishAt(14, new Date('2099-01-01'));
        page.on('dialog', (dialog) => dialog.accept());
        await page.goto(`${origin}/jobs/`);
        const rowOf = (text: string) => page.locator('tr', { hasText: text });
        await shows('mailing.start {mailing: 13}');
        await rowOf('mailing.start')
          .getByTitle(/requeue/i)
          .first()
          .click();
        await confirm();
        const nextRunOf = async (mailing: number) => (await jobs.list({ mailing }, onePage)).jobs[0]?.nextRunAt;
        await waitFor(async () => Number(await nextRunOf(13)) <= Date.now());
        expect((await jobs.list({ mailing: 13 }, onePage)).total).to.equal(1);
        await rowOf('mailing.finish')
          .getByTitle(/delete/i)
          .first()
          .click();
        await confirm();
        await waitFor(async () => (await jobs.list({ mailing: 14 }, onePage)).total === 0);
        const { results } = await (await rest('GET', '/audit/?resource=jobs&user=staff&action=update')).json();
        expect(results.map(({ new: told }: { new: { do: string } }) => told.do).slice(0, 2)).to.deep.equal([
          'delete',
          'requeue',
        ]);
      });

      it('shows the data and the error of a job', async () => {
        await testDatabase.query(`INSERT INTO agenda.agenda_jobs (name, data, next_run_at, failed_at, fail_count, fail_reason)
        VALUES ('mailing.start', '{"mailing": 15}', now() + interval '1 h', now(), 3, 'no such luck')`);
        await page.goto(`${origin}/jobs/`);
        await shows('mailing.start {mailing: 15}');
        await page.locator('tr', { hasText: 'mailing: 15' }).getByText('mailing.start').click();
        await shows('no such luck');
      });

      it('is fast with a hundred thousand jobs that ended', async () => {
        await testDatabase.query(`INSERT INTO agenda.agenda_jobs (name, data, last_finished_at)
        SELECT 'mailing.start', jsonb_build_object('mailing', n), now() FROM generate_series(1, 100000) n`);
        await jobs.send(12, 3);
        const askedAt = Date.now();
        await page.goto(`${origin}/jobs/`);
        await shows('mailing.send {mailing: 12, lane: 3}');
        expect(Date.now() - askedAt).to.be.below(5_000);
      });
    },
  );
});
