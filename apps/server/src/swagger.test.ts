import { createDocument, defaultSettings, ensureFirstSuperuser } from '@showroom/api';
import { createLogger } from '@showroom/app';
import { type Database, openDatabase } from '@showroom/database';
import { type Jobs, openJobs } from '@showroom/jobs';
import { chromiumFlags, createTestDatabase, findChromium, noChromium, type TestDatabase } from '@showroom/testing';
import { expect } from 'chai';
import type { FastifyInstance } from 'fastify';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { createServer } from './app.js';

const admin = { username: 'admin', password: 'correct: horse, бат' };
const logger = createLogger('server', 'silent');
const nothing = async () => {};
const clock = { startAt: nothing, finishAt: nothing, purge: nothing, forget: nothing };

interface Operation {
  id: string;
  tag: string;
  method: string;
  path: string;
  takesBody: boolean;
}

const { paths } = createDocument() as unknown as {
  paths: Record<string, Record<string, { operationId: string; tags: [string]; requestBody?: object }>>;
};
const operations: Operation[] = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId, tags, requestBody }]) => ({
    id: operationId,
    tag: tags[0],
    method,
    path,
    takesBody: requestBody !== undefined,
  })),
);

type Row = Record<string, unknown>;

/** What a person edits before they execute: parameters; fields of the example body; or the example file. */
/** In the short form, accounts are not updated, and a few lists are read: an operation takes the page a second. */
const isShort = process.env.SWAGGER_ALL !== '1';

interface Edited {
  parameters?: Row;
  change?: Row;
  file?: (example: string) => string;
}

/**
 * The page as a person uses it: what is seen is pressed, and what is shown is read. Operations are pressed by the
 * keyboard: the page glides to what was opened, and a mouse would have to wait each time until it stands still.
 */
class SwaggerUi {
  /** What went wrong unseen: errors on the console, requests that failed, were refused, or went to other hosts. */
  readonly complaints: string[] = [];

  constructor(
    readonly page: Page,
    private readonly origin: string,
  ) {
    page.on('console', (message) => {
      // Swagger UI has it that "_" in a link is an escaped space, and regrets its own links to our operations.
      const regret = message.text().startsWith('Deprecated: escaping deep link whitespace');
      if (message.type() === 'error' && !regret) this.complaints.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.complaints.push(`thrown: ${error.message}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) {
        this.complaints.push(`another host: ${request.url()}`);
      }
    });
    page.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText;
      // What was still under way when the page was left.
      if (reason !== 'net::ERR_ABORTED') this.complaints.push(`${reason}: ${request.url()}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) this.complaints.push(`${response.status()}: ${response.url()}`);
    });
  }

  async open(fragment = ''): Promise<void> {
    await this.page.goto(`${this.origin}/swagger/${fragment}`);
    await this.page.locator('.opblock-tag').first().waitFor();
  }

  async authorize({ username, password }: typeof admin): Promise<void> {
    await this.page.locator('.schemes .btn.authorize').click();
    const dialog = this.page.locator('.dialog-ux');
    const form = dialog.locator('form', { hasText: 'Basic (http, Basic)' });
    await form.getByLabel('username').fill(username);
    await form.getByLabel('password').fill(password);
    await form.getByRole('button', { name: 'Apply credentials' }).click();
    await dialog.getByText('Authorized', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).first().click();
  }

  async logout(): Promise<void> {
    await this.page.locator('.schemes .btn.authorize').click();
    await this.page.locator('.dialog-ux').getByRole('button', { name: 'Remove authorization' }).click();
    await this.page.locator('.dialog-ux').getByRole('button', { name: 'Close' }).first().click();
  }

  /** Opens the operation's tag and the operation itself, as far as they are not open yet. */
  async expand({ id, tag, method, path }: Operation): Promise<Locator> {
    const block = this.page.locator(`#operations-${tag}-${id}`);
    await this.openOnly(tag);
    const summary = block.locator('.opblock-summary-control');
    const [shownMethod, shownPath] = (await summary.innerText()).split('\n');
    expect(`${shownMethod} ${shownPath?.replaceAll('\u200b', '')}`, id).to.equal(`${method.toUpperCase()} ${path}`);
    if ((await summary.getAttribute('aria-expanded')) !== 'true') await summary.press('Enter');
    await block.getByRole('button', { name: 'Execute' }).waitFor();
    // The button is there before the rest, and takes nothing until the operation's own responses are shown.
    await block.locator('.responses-table tr.response').first().waitFor();
    return block;
  }

  /** The page draws all operations of open tags anew at each press: with one tag open, that is quick. */
  private async openOnly(tag: string): Promise<void> {
    const open = this.page.locator(`.opblock-tag[data-is-open="true"]:not(#operations-tag-${tag})`);
    while ((await open.count()) > 0) await open.first().click();
    await this.openTag(this.page.locator(`#operations-tag-${tag}`));
  }

  private async openTag(header: Locator): Promise<void> {
    if ((await header.getAttribute('data-is-open')) !== 'true') await header.click();
  }

  /** How many operations are shown when every tag is open. */
  async countOperations(): Promise<number> {
    for (const header of await this.page.locator('.opblock-tag').all()) await this.openTag(header);
    return this.page.locator('.opblock').count();
  }

  async collapse(block: Locator): Promise<void> {
    await block.locator('.opblock-summary-control').press('Enter');
    await block.locator('.opblock-body').waitFor({ state: 'detached' });
  }

  /** Tries the operation: with these parameters, and with its example body as it was edited. */
  async execute(operation: Operation, { parameters = {}, change = {}, file }: Edited = {}) {
    const block = await this.expand(operation);
    for (const [name, value] of Object.entries(parameters)) {
      const row = block.locator(`tr[data-param-name="${name}"]`);
      const choice = row.locator('select');
      if ((await choice.count()) > 0) await choice.selectOption(String(value));
      else await row.locator('input').fill(String(value));
    }
    if (operation.takesBody) {
      const editor = block.locator('textarea.body-param__text');
      const example = await editor.inputValue();
      await editor.fill(file?.(example) ?? JSON.stringify({ ...JSON.parse(example), ...change }, null, 2));
    }
    const [request] = await Promise.all([
      this.page.waitForRequest((each) => each.url().startsWith(`${this.origin}/api/v1/`)),
      block.getByRole('button', { name: 'Execute' }).press('Enter'),
    ]);
    const answer = block.locator('.live-responses-table');
    const body = answer.locator('h5:text-is("Response body") + div pre');
    const shown = {
      contentType: (await request.allHeaders())['content-type'],
      // Of a status that is not in the document it would add "Undocumented".
      status: await answer.locator('tbody .response-col_status').first().innerText(),
      body: (await body.count()) > 0 ? JSON.parse(await body.innerText()) : undefined,
    };
    await this.collapse(block);
    return shown;
  }
}

/** For each resource what of its example is edited to create it, and afterwards; in the order in which they refer. */
const resources: { tag: string; key?: string; create: (ids: Record<string, unknown>) => Row; change?: Row }[] = [
  { tag: 'tags', create: () => ({ name: 'vip' }), change: { name: 'gold' } },
  { tag: 'codes', create: () => ({ code: '900' }), change: { code: '901' } },
  {
    tag: 'clients',
    create: ({ tags, codes }) => ({
      phone_number: '79001234567',
      timezone: 'Europe/Moscow',
      mobile_operator_code: codes,
      tag: tags,
    }),
    change: { phone_number: '79007654321' },
  },
  {
    tag: 'mailing',
    create: () => ({
      tags: ['gold'],
      codes: ['901'],
      text: 'Come and see',
      start_notification_date: '2098-01-01T10:00:00Z',
      end_notification_date: '2099-01-01T10:00:00Z',
    }),
    change: { text: 'Come and see it' },
  },
  { tag: 'groups', create: () => ({ name: 'editors', permissions: [] }), change: { name: 'authors' } },
  {
    tag: 'users',
    key: 'username',
    create: () => ({ username: 'a.b+c@d-e_f', password: 'secret', groups: [], user_permissions: [] }),
    change: { first_name: 'Ivan' },
  },
  { tag: 'tokens', create: () => ({ name: 'script', permissions: [], expires_at: '2099-01-01T10:00:00Z' }) },
];

const executablePath = findChromium();
if (!executablePath) {
  it('Swagger UI in a browser: left out, because no Chromium was found', function () {
    process.stderr.write(`!!! The tests of Swagger UI in a browser are LEFT OUT, because ${noChromium}.\n`);
    this.skip();
  });
} else {
  describe('Swagger UI in Chromium', function () {
    this.timeout(300_000);
    let testDatabase: TestDatabase;
    let database: Database;
    let app: FastifyInstance;
    let jobs: Jobs;
    let origin: string;
    let browser: Browser;
    let context: BrowserContext;
    let ui: SwaggerUi;

    before(async () => {
      testDatabase = await createTestDatabase();
      database = await openDatabase({ url: testDatabase.url });
      await ensureFirstSuperuser(database, admin);
      await testDatabase.query(`
        WITH m AS (
          INSERT INTO mailings (start_at, end_at, text, by_tag, by_code, status, started_at, finished_at,
            first_message_id, last_message_id)
          VALUES (now() - interval '1 h', now() + interval '1 h', 'x', false, false, 'completed', now(), now(), 1, 1)
          RETURNING id),
        r AS (INSERT INTO ranges (first_id, last_id, mailing_id, done, unknown) SELECT 1, 1, id, true, 1 FROM m)
        INSERT INTO messages (id, mailing_id, client_id, status, reason) SELECT 1, id, 1, 'unknown', 'no_answer' FROM m`);
      jobs = await openJobs({ databaseUrl: testDatabase.url, logger });
      await jobs.startAt(12, new Date('2099-01-01'));
      app = await createServer({
        database,
        jobs,
        clock,
        logger,
        settings: defaultSettings,
      });
      origin = await app.listen({ host: '127.0.0.1', port: 0 });
      browser = await chromium.launch({ executablePath, args: chromiumFlags });
    });
    after(async () => {
      await browser?.close();
      await app?.close();
      await jobs?.close();
      await database?.close();
      await testDatabase?.drop();
    });

    beforeEach(async () => {
      // What the browser would answer by itself to a 401: it must not be asked, for only the page signs in and out.
      context = await browser.newContext({ httpCredentials: admin, viewport: { width: 1280, height: 900 } });
      context.setDefaultTimeout(10_000);
      ui = new SwaggerUi(await context.newPage(), origin);
    });
    afterEach(() => context.close());

    const find = (id: string) => operations.find((each) => each.id === id)!;

    it(`lets a person who has signed in try ${isShort ? 'operations of each kind' : 'every operation'}`, async () => {
      const tried = new Set<string>();
      const execute = async (id: string, edited?: Edited) => {
        tried.add(id);
        const { contentType, ...shown } = await ui.execute(find(id), edited);
        if (/create|update/.test(id)) expect(contentType, id).to.equal('application/json');
        return shown;
      };
      const keyOf = ({ key = 'id' }: { key?: string }, row: Row) => ({ [key]: row[key] });

      await ui.open();
      await ui.authorize(admin);
      const ids: Record<string, unknown> = {};
      const rows = new Map<string, Row>();
      for (const { tag, create, change, ...resource } of resources) {
        const edited = create(ids);
        const created = await execute(`${tag}_create`, { change: edited });
        expect(created.status, `${tag}: ${JSON.stringify(created.body)}`).to.equal('201');
        expect(Object.values(created.body), tag).to.deep.include(Object.values(edited)[0]);
        ids[tag] = created.body.id;
        const parameters = keyOf(resource, created.body);

        const read = await execute(`${tag}_read`, { parameters });
        const { token, ...shown } = created.body;
        expect(token !== undefined, 'a secret that is shown once').to.equal(tag === 'tokens');
        expect(read).to.deep.equal({ status: '200', body: shown });
        rows.set(tag, parameters);
        if (!change || (isShort && (tag === 'users' || tag === 'groups'))) continue;
        const updated = await execute(`${tag}_update`, { parameters, change: { ...edited, ...change } });
        expect(updated.status, JSON.stringify(updated.body)).to.equal('200');
        expect(updated.body).to.include(change);
        const patched = await execute(`${tag}_partial_update`, { parameters, change: { ...edited, ...change } });
        expect(patched.status, JSON.stringify(patched.body)).to.equal('200');
      }

      // The page keeps no cookie: who has signed in by Authorize stays who is shown there.
      expect(await execute('auth_login', { change: admin })).to.nested.include({
        status: '200',
        'body.username': 'admin',
      });
      const own = { ...admin, first_name: 'Ada', email: 'ada@example.com' };
      const me = await execute('auth_me_partial_update', { change: own });
      expect(me).to.nested.include({ status: '200', 'body.first_name': 'Ada' });
      expect(await execute('auth_logout')).to.deep.equal({ status: '204', body: undefined });
      expect(await context.cookies()).to.deep.equal([]);

      const lists = operations.filter(({ method, path }) => method === 'get' && !path.includes('{'));
      for (const { id } of isShort ? lists.slice(0, 3) : lists) {
        expect((await execute(id)).status, id).to.equal('200');
      }
      const { status, body } = await execute('statistic_read', { parameters: { id: ids.mailing } });
      expect(status).to.equal('200');
      expect(body).to.include({ id: ids.mailing, text: 'Come and see it' });

      const { jobs: listed } = await jobs.list({}, { offset: 0, limit: 1 });
      const job = { id: listed[0]!.id };
      const mailing = { id: ids.mailing };
      const draft = resources.find(({ tag }) => tag === 'mailing')!.create(ids);
      const toKnown = (example: string) => example.replace('79001234567,Europe/Moscow,1,1', knownRow);
      const knownRow = `79007654321,UTC,${ids.codes},${ids.tags}`;
      for (const [id, edited, shows] of [
        ['clients_import', { parameters: { known: 'skip' }, file: toKnown }, { 'body.rows': 1, 'body.skipped': 1 }],
        ['mailing_preview', { change: draft }, { 'body.audience': 1 }],
        ['mailing_preview_stored', { parameters: mailing }, { 'body.audience': 1 }],
        ['mailing_explain', { parameters: { ...mailing, client: ids.clients } }, { 'body.client': ids.clients }],
        ['jobs_read', { parameters: job }, { 'body.name': 'mailing.start', 'body.mailing': 12 }],
        ['mailing_pause', { parameters: mailing }, { 'body.status': 'paused' }],
        ['mailing_resume', { parameters: mailing }, { 'body.status': 'scheduled' }],
        ['mailing_retry', { parameters: mailing }, { 'body.messages': 0 }],
        ['mailing_resolve', { parameters: mailing, change: { as: 'sent' } }, { 'body.messages': 0 }],
        ['mailing_cancel', { parameters: mailing }, { 'body.status': 'canceled' }],
        ['sending_stop', { change: { reason: 'wrong text' } }, { 'body.stopped': true }],
        ['sending_resume', {}, { 'body.stopped': false }],
        ['messages_read', { parameters: { id: 1 } }, { 'body.status': 'unknown' }],
        ['messages_resolve', { parameters: { id: 1 }, change: { as: 'sent' } }, { 'body.status': 'sent' }],
      ] satisfies [string, Edited, Row][]) {
        const shown = await execute(id, edited);
        expect(shown, `${id}: ${JSON.stringify(shown)}`).to.nested.include({ status: '200', ...shows });
      }

      for (const { tag } of resources.toReversed()) {
        const deleted = await execute(`${tag}_delete`, { parameters: rows.get(tag) });
        expect(deleted, tag).to.deep.equal({ status: '204', body: undefined });
      }
      expect(await ui.countOperations()).to.equal(operations.length);
      const creatable = operations.filter(({ id }) => id.endsWith('_create')).map(({ tag }) => tag);
      expect(resources.map(({ tag }) => tag)).to.have.members(creatable);
      if (!isShort) {
        expect([...tried], 'a new resource is tried when `resources` has its example').to.have.members(
          operations.map(({ id }) => id),
        );
      }
      expect(ui.complaints).to.deep.equal([]);
    });

    it('shows a wrong password as a 401', async () => {
      await ui.open();
      await ui.authorize({ ...admin, password: 'wrong' });
      const { status, body } = await ui.execute(find('tags_list'));
      expect(status).to.equal('401');
      expect(body).to.have.keys('detail');
      // The browser itself writes a refused request to the console.
      const refused = `401: ${origin}/api/v1/tags/`;
      expect(ui.complaints.filter((each) => !each.startsWith('console: Failed to load'))).to.deep.equal([refused]);
    });

    it('keeps who has signed in over a reload, and nobody who has signed out', async () => {
      await ui.open();
      await ui.authorize(admin);
      await ui.open('#/tags/tags_list');
      await ui.page.reload();
      // The link has opened it.
      await ui.page.getByRole('button', { name: 'Execute' }).waitFor();
      expect((await ui.execute(find('tags_list'))).status).to.equal('200');
      await ui.logout();
      expect(await ui.page.evaluate(`JSON.stringify(localStorage)`)).not.to.include('password');
      expect(ui.complaints).to.deep.equal([]);
      await ui.page.reload();
      expect((await ui.execute(find('tags_list'))).status).to.equal('401');
    });
  });
}
