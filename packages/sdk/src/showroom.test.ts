import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';
import { expect } from 'chai';
import {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  createShowroom,
  NotFoundError,
  PermissionError,
  type Progress,
  RateLimitError,
  ServerError,
  type Showroom,
  ShowroomError,
  type ShowroomOptions,
  TimeoutError,
  ValidationError,
} from './index.js';
import { createTrpcClient } from './trpc.js';

const account = { username: 'admin', password: 'pässword' };

/** The SDK against the real server, as an app of somebody else's would use it. */
describe('sdk', function () {
  this.timeout(30_000);
  let database: TestDatabase;
  let server: TestProcess;
  let baseUrl: string;
  let showroom: Showroom;

  before(async () => {
    database = await createTestDatabase();
    server = startApp('apps/server/dist/main.js', {
      DATABASE_URL: database.url,
      PORT: '0',
      LOG_LEVEL: 'error',
      ADMIN_PASSWORD: account.password,
    });
    baseUrl = String((await server.ready()).url);
    showroom = createShowroom({ baseUrl: `${baseUrl}/`, ...account });
    await showroom.tags.create({ name: 'vip' });
    await showroom.codes.create({ code: '900' });
  });
  after(async () => {
    await server.stop();
    await database.drop();
  });

  const errorOf = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => new Error('it did not fail'),
      (error: Error) => error,
    );
  const person = { timezone: 'Europe/Moscow', mobile_operator_code: 1, tag: 1 };

  describe('calls', () => {
    it('are plain functions: the row first, what is said of it second', async () => {
      const client = await showroom.clients.create({ ...person, phone_number: '79001234567' });
      expect(client).to.include({ phone_number: '79001234567', tag: 1 });
      expect(await showroom.clients.read(client.id)).to.deep.equal(client);
      const moved = await showroom.clients.partialUpdate(client.id, { timezone: 'UTC' });
      expect(moved).to.deep.equal({ ...client, timezone: 'UTC' });
      expect(await showroom.clients.delete(client.id)).to.equal(undefined);
      expect(await errorOf(showroom.clients.read(client.id))).to.be.instanceOf(NotFoundError);
    });

    it('take and give dates as dates, and rows by other names than an id', async () => {
      const start = new Date('2098-01-01T10:00:00.500Z');
      const mailing = await showroom.mailing.create({
        tags: ['vip'],
        codes: [],
        text: 'Приходите',
        start_notification_date: start,
        end_notification_date: '2099-01-01T10:00:00Z',
      });
      const { id } = (await showroom.mailing.list.first())!;
      const read = await showroom.mailing.read(id!);
      expect(read.start_notification_date).to.be.instanceOf(Date);
      expect(read.start_notification_date.getTime()).to.equal(start.getTime());
      expect(mailing.text).to.equal('Приходите');
      expect((await showroom.mailing.pause(id!)).status).to.equal('paused');
      await showroom.users.create({ username: 'ivan', password: 'secret' });
      expect((await showroom.users.partialUpdate('ivan', { first_name: 'Иван' })).first_name).to.equal('Иван');
      expect((await showroom.auth.me()).username).to.equal('admin');
    });

    it('sign in by token, too', async () => {
      const { token } = await showroom.tokens.create({ name: 'crm', permissions: [] });
      const byToken = createShowroom({ baseUrl, token });
      expect((await byToken.auth.me()).username).to.equal('admin');
      const refused = await errorOf(byToken.tags.list());
      expect(refused).to.be.instanceOf(PermissionError).and.include({ needs: 'view_tag' });
      expect(refused.message).to.match(/ It needs: view_tag\.$/);
      const update = await errorOf(byToken.clients.import([], { known: 'update' }));
      expect(update).to.be.instanceOf(PermissionError).and.include({ needs: 'add_client', code: 'auth.forbidden' });
      expect(await errorOf(byToken.tokens.list())).to.include({ needs: 'password' });
    });

    it('leave tRPC’s own client within reach', async () => {
      const { results } = await createTrpcClient({ baseUrl, ...account }).tags.list.query({ limit: 1 });
      expect(results.map(({ name }) => name)).to.deep.equal(['vip']);
    });
  });

  describe('errors', () => {
    it('are of a class by what they mean, with status, code, request and cause', async () => {
      const missing = (await errorOf(showroom.tags.read(999))) as NotFoundError;
      expect(missing).to.be.instanceOf(NotFoundError).and.instanceOf(ShowroomError);
      expect(missing).to.include({ name: 'NotFoundError', status: 404, code: 'tag.not_found' });
      expect(missing.message).to.equal('There is no such tag.');
      expect(missing.requestId).to.match(/^[\da-f-]{36}$/);
      expect(missing.cause).to.be.instanceOf(Error);
    });

    it('say which values were refused, and why', async () => {
      const refused = (await errorOf(
        showroom.clients.create({ ...person, phone_number: '+7', tag: 99 }),
      )) as ValidationError;
      expect(refused).to.be.instanceOf(ValidationError).and.to.include({ status: 400, code: 'request.invalid' });
      expect(refused.fields.phone_number).to.deep.equal(['Must consist of digits, without "+".']);
      expect(Object.keys(refused.fields)).to.have.members(['phone_number', 'tag']);
    });

    it('tell a conflict, a stranger and a wrong password apart', async () => {
      const client = await showroom.clients.create({ ...person, phone_number: '79001234599' });
      const conflict = await errorOf(showroom.tags.delete(1));
      expect(conflict).to.be.instanceOf(ConflictError).and.include({ status: 409, code: 'tag.in_use' });
      await showroom.clients.delete(client.id);
      for (const credentials of [
        {},
        { ...account, password: 'wrong' },
        { token: 'showroom_none' },
      ] as ShowroomOptions[]) {
        const stranger = createShowroom({ ...credentials, baseUrl });
        expect(await errorOf(stranger.tags.list())).to.be.instanceOf(AuthenticationError);
      }
    });

    it('say in one line what was refused', async () => {
      const { message } = await errorOf(showroom.clients.create({ ...person, phone_number: '+7', tag: 99 }));
      expect(message).to.contain('phone_number: Must consist of digits, without "+".').and.contain('tag: ');
    });

    it('say at once that an address is none', async () => {
      expect(() => createShowroom(undefined as never)).to.throw(TypeError, 'baseUrl');
      for (const wrong of [undefined, '', 'localhost:8005', '127.0.0.1:8005', 'ftp://example.com', 7]) {
        expect(() => createShowroom({ baseUrl: wrong as string }), String(wrong)).to.throw(TypeError, 'baseUrl');
      }
      const rest = createShowroom({ baseUrl: new URL(`${baseUrl}/api/v1/`), ...account });
      expect((await rest.auth.me()).username).to.equal('admin');
    });

    it('say that a call takes no key, instead of leaving it out', async () => {
      const options = { idempotencyKey: 'k' } as object;
      expect(await errorOf(showroom.tags.create({ name: 'unkeyed' }, options))).to.be.instanceOf(TypeError);
    });

    it('say that nobody answers, and why', async () => {
      const nobody = createShowroom({ baseUrl: 'http://127.0.0.1:1', maxRetries: 0 });
      const error = await errorOf(nobody.tags.list());
      expect(error.message).to.equal('There was no answer: fetch failed: bad port');
      const closed = createShowroom({ baseUrl: `http://127.0.0.1:${await freePort()}`, maxRetries: 0 });
      expect((await errorOf(closed.tags.list())).message).to.contain('ECONNREFUSED');
      expect(error).to.be.instanceOf(ConnectionError).and.not.instanceOf(TimeoutError);
      expect((error as ConnectionError).status).to.equal(undefined);
    });

    it('say that what answers is no Showroom', async () => {
      const other = await listen((_request, response) =>
        response.setHeader('content-type', 'text/html').end('<html>hello</html>'),
      );
      const error = await errorOf(other.showroom.tags.list());
      expect(error).to.be.instanceOf(ConnectionError).and.include({ status: 200 });
      expect(error.message).to.equal('The server at this address is not Showroom (HTTP 200, text/html).');
      await other.close();
    });
  });

  describe('lists', () => {
    const phones = (count: number) => Array.from({ length: count }, (_, n) => String(79_000_000_000 + n));

    before(async () => {
      await showroom.clients.import(phones(25).map((phone_number) => ({ ...person, phone_number })));
    });

    it('are read to their end, page by page, in their order and each row once', async () => {
      const seen: string[] = [];
      for await (const { phone_number } of showroom.clients.list.all({}, { pageSize: 10 })) seen.push(phone_number);
      expect(seen).to.deep.equal(phones(25));
    });

    it('end where a page is just full', async () => {
      expect(await showroom.clients.list.all({}, { pageSize: 5 }).toArray()).to.have.lengthOf(25);
    });

    it('give one page, the first row, or the first of them', async () => {
      const page = await showroom.clients.list({ page: 2, limit: 10 });
      expect(page.count).to.equal(25);
      expect(page.results.map(({ phone_number }) => phone_number)).to.deep.equal(phones(25).slice(10, 20));
      expect((await showroom.clients.list.page({ page: 'last', limit: 10 })).results).to.have.lengthOf(5);
      expect((await showroom.clients.list.first())?.phone_number).to.equal(phones(1)[0]);
      expect(await showroom.clients.list.toArray({ limit: 7 })).to.have.lengthOf(7);
      expect(await showroom.clients.list.toArray({ limit: 0 })).to.deep.equal([]);
      expect(await showroom.mailing.list.first({ tag: 'nobody' })).to.equal(undefined);
    });

    it('that begin with the latest, and those that have no keys, are read to their end too', async () => {
      const entries = await showroom.audit.list.all({}, { pageSize: 3 }).toArray();
      expect(entries.length).to.be.above(3);
      expect(entries.map(({ id }) => id)).to.deep.equal(entries.map(({ id }) => id).toSorted((a, b) => b - a));
      expect(new Set(entries.map(({ id }) => id)).size).to.equal(entries.length);
      expect(await showroom.jobs.list.all({}, { pageSize: 1 }).toArray()).to.be.an('array');
    });

    it('stop asking when nobody reads on', async () => {
      let asked = 0;
      const counting = createShowroom({
        baseUrl,
        ...account,
        fetch: (...given) => {
          asked += 1;
          return fetch(...given);
        },
      });
      for await (const _ of counting.clients.list.all({}, { pageSize: 10 })) break;
      expect(asked).to.equal(1);
    });
  });

  describe('import', () => {
    const rows = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ ...person, phone_number: String(78_000_000_000 + n) }));
    const csv =
      'phone_number,timezone,mobile_operator_code,tag\n77000000001,UTC,1,1\n7x,UTC,1,1\n77000000002,Mars,1,1\n';

    const csvOf = (people: object[]) =>
      [Object.keys(people[0]!), ...people.map(Object.values)].map((cells) => `${cells.join()}\n`).join('');

    it('takes rows, and tells how far it is', async () => {
      const seen: { bytes: number; rows: number | undefined }[] = [];
      const report = await showroom.clients.import(rows(2_000), { onProgress: (progress) => seen.push(progress) });
      expect(report).to.include({ rows: 2_000, created: 2_000, refused: 0 });
      expect(seen.length).to.be.above(1);
      expect(seen.at(-1)).to.include({ rows: 2_000 });
    });

    it('takes what is made while it is sent', async () => {
      async function* made() {
        for (const row of rows(50)) yield row;
      }
      expect(await showroom.clients.import(made(), { known: 'skip' })).to.include({ rows: 50, skipped: 50 });
    });

    it('skips the numbers that are known, unless it is told to add or update', async () => {
      const people = ['75000000001', '75000000002', '75000000002'].map((phone_number) => ({ ...person, phone_number }));
      const many = async () => (await showroom.clients.list({ phone_number: '75000000002' })).count;
      expect(await showroom.clients.import(people)).to.include({ created: 2, repeated_in_file: 1, already_known: 0 });
      for (const known of [undefined, 'skip'] as const) {
        const again = await showroom.clients.import(people, { known });
        expect(again, String(known)).to.include({ created: 0, skipped: 3, already_known: 3 });
      }
      expect(await many()).to.equal(1);
      expect(await showroom.clients.import({ csv: csvOf(people) })).to.include({ created: 0, skipped: 3 });
      expect(await showroom.clients.import(people, { known: 'add' })).to.include({ created: 3 });
      expect(await many()).to.equal(3);
      const wrong = await errorOf(showroom.clients.import(people, { known: 'a&known=add' as 'add' }));
      expect(wrong).to.be.instanceOf(ValidationError);
    });

    it('says of a row that was refused where it is, and what it says; and what may be wrong', async () => {
      const file = `${csv}+7 (900) 000-01-06,UTC,1,1\n\n89000000107,UTC,1,1\n`;
      const report = await showroom.clients.import({ csv: file });
      expect(report).to.include({ lines: 7, blank: 1, rows: 5, refused: 2, normalized: 1, warned: 1 });
      expect(report.errors[0]).to.deep.include({ row: 2, line: 3 });
      expect(report.errors[0]!.values).to.include({ phone_number: '7x' });
      expect(report.warnings[0]).to.deep.include({ row: 5, line: 7 });
    });

    for (const [name, source] of [
      ['text', () => csv],
      ['a Blob', () => new Blob([csv])],
      ['a stream', () => new Blob([csv]).stream()],
      ['pieces', () => [csv.slice(0, 50), new TextEncoder().encode(csv.slice(50))]],
      ['bytes', () => Buffer.from(csv)],
      ['an ArrayBuffer', () => new TextEncoder().encode(csv).buffer],
    ] as const) {
      it(`takes CSV from ${name}; says which rows were refused, and takes the others`, async () => {
        const report = await showroom.clients.import({ csv: source() }, { known: 'update' });
        expect(report).to.include({ rows: 3, refused: 2 });
        expect(report.errors.map(({ row, errors }) => [row, Object.keys(errors)])).to.deep.equal([
          [2, ['phone_number']],
          [3, ['timezone']],
        ]);
      });
    }

    it('throws what its source throws, and leaves nothing behind', async () => {
      const { count } = await showroom.clients.list({ limit: 1 });
      async function* broken() {
        yield* rows(10);
        throw new RangeError('the cursor is gone');
      }
      const error = await errorOf(showroom.clients.import(broken()));
      expect(error).to.be.instanceOf(RangeError);
      expect((await showroom.clients.list({ limit: 1 })).count).to.equal(count);
    });

    it('acts once when the connection breaks before the answer, and says what the first try did', async () => {
      const breaking = await listenAndBreak(new URL(baseUrl), 1);
      const { count } = await showroom.clients.list({ limit: 1 });
      const through = createShowroom({ baseUrl: breaking.url, ...account });
      const fresh = [{ ...person, phone_number: '76000000001' }];
      expect(await through.clients.import(fresh)).to.include({ created: 1 });
      expect(breaking.broken()).to.equal(1);
      expect((await showroom.clients.list({ limit: 1 })).count).to.equal(count + 1);
      await breaking.close();
    });

    it('gives up when nothing is taken any more, however long all of it may take', async () => {
      const swallowing = await listenAndSwallow(new URL(baseUrl), 200_000);
      const through = createShowroom({ baseUrl: swallowing.url, ...account, maxRetries: 0 });
      async function* made() {
        for (const row of rows(200_000)) yield row;
      }
      const startedAt = performance.now();
      const error = await errorOf(through.clients.import(made(), { timeoutMs: 300 }));
      expect(error).to.be.instanceOf(TimeoutError);
      // Without the time-out it would never end; a busy machine takes seconds to make the rows.
      expect(performance.now() - startedAt).to.be.within(300, 10_000);
      swallowing.heal();
      async function* slow() {
        for (const row of rows(3)) {
          await new Promise((resolve) => setTimeout(resolve, 500));
          yield row;
        }
      }
      expect(await through.clients.import(slow(), { timeoutMs: 300, known: 'skip' })).to.include({ skipped: 3 });
      const stuck = await errorOf(through.clients.import(rows(1), { signal: AbortSignal.abort(new Error('no')) }));
      expect(stuck.message).to.equal('no');
      await swallowing.close();
    });

    it('is sent again when the network swallowed it, and acts once', async () => {
      const swallowing = await listenAndSwallow(new URL(baseUrl), 200_000);
      const through = createShowroom({
        baseUrl: swallowing.url,
        ...account,
        logger: { warn: () => swallowing.heal() },
      });
      const many = Array.from({ length: 100_000 }, (_, n) => ({ ...person, tag: 0, phone_number: String(n) }));
      const report = await through.clients.import(many, { timeoutMs: 300 });
      expect(report).to.include({ rows: 100_000, refused: 100_000 });
      await swallowing.close();
    });

    it('gives up when all was taken and nobody answers', async () => {
      let asked = 0;
      const silent = await listen(() => {
        asked += 1;
      });
      const through = createShowroom({ baseUrl: silent.url, maxRetries: 1 });
      const startedAt = performance.now();
      const error = await errorOf(through.clients.import(rows(1_000), { timeoutMs: 200 }));
      expect(error).to.be.instanceOf(TimeoutError);
      // The bytes add their share: a second for 100 kB.
      expect(performance.now() - startedAt).to.be.within(1_000, 6_000);
      expect(asked).to.equal(2);
      await silent.close();
    });

    it('has the errors of every other call, with their codes', async () => {
      const stranger = createShowroom({ baseUrl, token: 'showroom_none' });
      const refused = await errorOf(stranger.clients.import(rows(1)));
      expect(refused).to.be.instanceOf(AuthenticationError).and.include({ status: 401, code: 'auth.token_failed' });
      const slow = await listen((_request, response) => {
        response.writeHead(408, { 'content-type': 'application/json' }).end('{"detail": "Too slow."}');
      });
      const error = await errorOf(slow.showroom.clients.import(rows(1), { maxRetries: 0 }));
      expect(error).to.be.instanceOf(TimeoutError).and.include({ status: 408, message: 'Too slow.' });
      await slow.close();
    });

    for (const [name, source] of [
      ['text', () => csv],
      ['a Blob', () => new Blob([csv])],
      ['a stream', () => new Blob([csv]).stream()],
      ['a stream of Node', () => Readable.from([Buffer.from(csv)])],
      ['bytes', () => new TextEncoder().encode(csv)],
    ] as const) {
      it(`asks what ${name} is, CSV or NDJSON`, async () => {
        const error = await errorOf(showroom.clients.import(source() as never));
        expect(error).to.be.instanceOf(TypeError);
        expect(error.message).to.contain('{ csv: … }');
      });
    }

    it('says at once that there is no file', async () => {
      for (const none of [undefined, null, 7, [{ ...person }]]) {
        expect(await errorOf(showroom.clients.import({ csv: none as never }))).to.be.instanceOf(TypeError);
      }
    });

    it('says what is wrong with a file that is none', async () => {
      const error = await errorOf(showroom.clients.import({ csv: 'a,b\n1,2\n' }));
      expect(error).to.be.instanceOf(ValidationError);
      expect(error.message).to.contain('phone_number');
    });
  });

  describe('watching', () => {
    let probe: TestProcess;
    let worker: TestProcess;
    const start = () =>
      showroom.mailing.create({
        tags: ['vip'],
        codes: [],
        text: 'hello',
        start_notification_date: new Date(Date.now() - 1_000),
        end_notification_date: new Date(Date.now() + 600_000),
      });

    before(async () => {
      probe = startApp('apps/probe/dist/main.js', { PORT: '0', PROBE_FAULTS: '{"delay_ms":100}' });
      const provider = { PROVIDER_URL: String((await probe.ready()).url), PROVIDER_TOKEN: 't', SEND_CONCURRENCY: '50' };
      worker = startApp('apps/worker/dist/main.js', { DATABASE_URL: database.url, LOG_LEVEL: 'error', ...provider });
      await worker.ready();
      const some = Array.from({ length: 600 }, (_, n) => ({ ...person, phone_number: String(74_000_000_000 + n) }));
      await showroom.clients.import(some);
    });
    after(() => Promise.all([probe.stop(), worker.stop()]));

    it('tells how a mailing goes on, how fast and how long still, until it has ended', async () => {
      const { id } = await start();
      const seen: Progress[] = [];
      for await (const progress of showroom.mailing.watch(id!, { everyMs: 200 })) seen.push(progress);
      const { total } = seen.at(-1)!;
      expect(seen.length).to.be.above(3);
      expect(seen.at(-1)).to.include({ status: 'completed', sent: total, pending: 0, isOver: true });
      expect(seen.slice(0, -1).every(({ isOver }) => !isOver)).to.equal(true);
      const sent = seen.map((each) => each.sent);
      expect(sent).to.deep.equal(sent.toSorted((a, b) => a - b));
      const running = seen.filter(({ secondsLeft }) => secondsLeft !== null);
      expect(running.length).to.be.above(0);
      for (const { perSecond } of running) expect(perSecond).to.be.within(1, 2_000);
      expect(await showroom.mailing.finished(id!)).to.include({ status: 'completed', sent: total });
    });

    it('begins anew with each loop', async () => {
      const { id } = (await showroom.mailing.list.toArray()).at(-1)!;
      const watching = showroom.mailing.watch(id!);
      for (let loop = 0; loop < 2; loop++) {
        const seen: Progress[] = [];
        for await (const progress of watching) seen.push(progress);
        expect(seen.map(({ isOver }) => isOver)).to.deep.equal([true]);
      }
    });

    it('is told by the service, in one answer; and asks where that is not to be had', async () => {
      const watch = async (live: (...given: Parameters<typeof fetch>) => Promise<Response>) => {
        const asked: string[] = [];
        const counting = createShowroom({
          baseUrl,
          ...account,
          fetch: (input, init) => {
            const { pathname } = new URL(String(input));
            asked.push(pathname);
            return pathname.startsWith('/live') ? live(input, init) : fetch(input, init);
          },
        });
        const { id } = await start();
        expect(await counting.mailing.finished(id!)).to.include({ status: 'completed', pending: 0 });
        return asked;
      };
      expect(await watch(fetch)).to.deep.equal(['/live/mailing.watch']);
      const others = [
        async () => new Response('', { status: 404 }),
        async () => Response.json({ no: 'stream' }),
        async () => Promise.reject(new TypeError('blocked')),
      ];
      for (const other of others) {
        const asked = await watch(other);
        expect(asked).to.include.members(['/live/mailing.watch', '/trpc/statistic.read']);
      }
    }).timeout(60_000);

    it('asks once while too many streams are open, and listens again when the service said', async () => {
      const asked: [string, number][] = [];
      const said: string[] = [];
      const crowded = createShowroom({
        baseUrl,
        ...account,
        logger: { warn: (message) => said.push(message) },
        fetch: (input, init) => {
          const { pathname } = new URL(String(input));
          asked.push([pathname, performance.now()]);
          if (asked.length > 1) return fetch(input, init);
          const headers = { 'retry-after': '2', 'x-error-code': 'live.too_many' };
          return Promise.resolve(Response.json({ error: {} }, { status: 429, headers }));
        },
      });
      const { id } = await start();
      await showroom.mailing.pause(id!);
      const seen: Progress[] = [];
      const watching = (async () => {
        for await (const progress of crowded.mailing.watch(id!)) seen.push(progress);
      })();
      while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(seen[0]!.status).to.equal('paused');
      await showroom.mailing.cancel(id!);
      await watching;
      expect(seen.map(({ status }) => status)).to.deep.equal(['paused', 'canceled']);
      expect(asked.map(([path]) => path)).to.deep.equal([
        '/live/mailing.watch',
        '/trpc/statistic.read',
        '/live/mailing.watch',
      ]);
      expect(asked[2]![1] - asked[0]![1]).to.be.at.least(2_000);
      expect(said).to.deep.equal(['mailing.watch waits for a live stream: the service has too many open.']);
    });

    it('goes on when the server was restarted, and tells nothing twice', async () => {
      const { port } = new URL(baseUrl);
      const { id } = await start();
      const seen: Progress[] = [];
      const watching = (async () => {
        for await (const progress of showroom.mailing.watch(id!)) seen.push(progress);
      })();
      while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await server.stop('SIGKILL');
      server = startApp('apps/server/dist/main.js', { DATABASE_URL: database.url, PORT: port, LOG_LEVEL: 'error' });
      await server.ready();
      await watching;
      expect(seen.at(-1)).to.include({ status: 'completed', pending: 0, isOver: true });
      const counts = seen.map(({ status, sent, pending }) => `${status} ${sent} ${pending}`);
      expect(new Set(counts).size).to.equal(counts.length);
    });

    it('waits for a service that is away, once it was reached, and ends when it is told to', async () => {
      const { id } = await start();
      let [asked, failed] = [0, 0];
      const told: string[] = [];
      const through = createShowroom({
        baseUrl,
        ...account,
        maxRetries: 0,
        logger: { warn: (message) => told.push(message) },
        fetch: (...given) => {
          asked += 1;
          if (asked < 2 || failed === 2) return fetch(...given);
          failed += 1;
          return Promise.reject(new TypeError('the network is gone'));
        },
      });
      const stop = new AbortController();
      const reason = new Error('enough');
      const seen: Progress[] = [];
      const watching = (async () => {
        for await (const progress of through.mailing.watch(id!, { everyMs: 100, signal: stop.signal })) {
          seen.push(progress);
          if (progress.sent > 0) stop.abort(reason);
        }
      })();
      expect(await errorOf(watching)).to.equal(reason);
      expect(told).to.deep.equal(Array(2).fill('mailing.watch waits for the service.'));
      expect(seen.length).to.be.above(1);
      await showroom.mailing.cancel(id!);
      expect((await showroom.mailing.finished(id!, { everyMs: 100 })).status).to.equal('canceled');
    });

    for (const [how, options] of [
      ['told', {}],
      ['asked', { everyMs: 200 }],
    ] as const) {
      it(`tells that all sending is stopped, and when it goes on, when it is ${how}`, async () => {
        const { stopped, reason, since } = await showroom.sending.stop({ reason: 'wrong text' });
        expect({ stopped, reason, since: since instanceof Date }).to.deep.equal({
          stopped: true,
          reason: 'wrong text',
          since: true,
        });
        const { id } = await start();
        const seen: Progress[] = [];
        for await (const progress of showroom.mailing.watch(id!, options)) {
          if (progress.status === 'running' && seen.every(({ status }) => status !== 'running')) {
            expect(progress).to.include({ isStopped: true, perSecond: null, secondsLeft: null, sent: 0 });
            expect((await showroom.sending.resume()).stopped).to.equal(false);
          }
          seen.push(progress);
        }
        expect(seen.at(-1)).to.include({ status: 'completed', isStopped: false, pending: 0 });
      });
    }

    it('does not wait for a service that nobody has reached', async () => {
      const nobody = createShowroom({ baseUrl: `http://127.0.0.1:${await freePort()}`, maxRetries: 0 });
      for (const options of [{ everyMs: 100 }, {}]) {
        expect(await errorOf(nobody.mailing.finished(1, options))).to.be.instanceOf(ConnectionError);
      }
    }).timeout(15_000);

    it('ends at once when it is left, and lets go of the connection', async () => {
      const { id } = await start();
      await showroom.mailing.pause(id!);
      const signals: AbortSignal[] = [];
      const seeing = createShowroom({
        baseUrl,
        ...account,
        fetch: (input, init) => {
          signals.push(init!.signal!);
          return fetch(input, init);
        },
      });
      const steps = seeing.mailing.watch(id!)[Symbol.asyncIterator]();
      expect((await steps.next()).value).to.include({ status: 'paused', secondsLeft: null, perSecond: null });
      const pending = steps.next();
      const startedAt = performance.now();
      await steps.return!();
      expect(await pending).to.deep.equal({ done: true, value: undefined });
      expect(performance.now() - startedAt).to.be.below(500);
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true]);
      const readable = Readable.from(seeing.mailing.watch(id!));
      await new Promise((resolve) => readable.once('data', resolve));
      readable.destroy();
      await new Promise((resolve) => readable.once('close', resolve));
      expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true, true]);
      await showroom.mailing.cancel(id!);
    });

    it('does not begin when its signal has aborted already', async () => {
      const { id } = await start();
      await showroom.mailing.pause(id!);
      const startedAt = performance.now();
      const reason = new Error('too late');
      const finished = showroom.mailing.finished(id!, { signal: AbortSignal.abort(reason) });
      expect(await errorOf(finished)).to.equal(reason);
      expect(performance.now() - startedAt).to.be.below(1_000);
      await showroom.mailing.cancel(id!);
    });

    it('has nothing to watch where there is no mailing', async () => {
      expect(await errorOf(showroom.mailing.finished(999_999))).to.be.instanceOf(NotFoundError);
    });
  });

  describe('patience', () => {
    const busy = (response: ServerResponse, status: number, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ error: { json: { message: 'no', code: 0, data: { httpStatus: status } } } }));
    };
    const well = (response: ServerResponse) =>
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ result: { data: { json: { id: 1 } } } }));

    it('tries reads again, after a pause and within reason', async () => {
      let asked = 0;
      const service = await listen((_request, response) => (++asked < 3 ? busy(response, 503) : well(response)));
      const told: unknown[] = [];
      const telling = createShowroom({ baseUrl: service.url, logger: { warn: (...given) => told.push(given) } });
      expect(await telling.tags.read(1)).to.deep.equal({ id: 1 });
      expect(asked).to.equal(3);
      const [[message, details]] = told as [[string, { pauseMs: number }]];
      expect(message).to.equal('tags.read failed and is tried again.');
      expect(details).to.deep.equal({ reason: 'no', status: 503, pauseMs: details.pauseMs });
      asked = -10;
      expect(await errorOf(service.showroom.tags.read(1))).to.be.instanceOf(ServerError);
      expect(asked).to.equal(-7);
      await service.close();
    });

    it('waits as long as the service asks for', async () => {
      let asked = 0;
      const service = await listen((_request, response) =>
        ++asked < 2 ? busy(response, 429, { 'retry-after': '1' }) : well(response),
      );
      const startedAt = performance.now();
      await service.showroom.tags.read(1);
      expect(performance.now() - startedAt).to.be.within(950, 1_900);
      asked = 0;
      const impatient = (await errorOf(service.showroom.tags.read(1, { maxRetries: 0 }))) as RateLimitError;
      expect(impatient).to.be.instanceOf(RateLimitError).and.include({ retryAfterMs: 1_000 });
      await service.close();
    });

    it('tries a write again when there was no connection at all', async () => {
      const told: string[] = [];
      const nobody = createShowroom({
        baseUrl: `http://127.0.0.1:${await freePort()}`,
        maxRetries: 1,
        logger: { warn: (message) => told.push(message) },
      });
      expect(await errorOf(nobody.tags.create({ name: 'vip' }))).to.be.instanceOf(ConnectionError);
      expect(told).to.deep.equal(['tags.create failed and is tried again.']);
    });

    it('knows what somebody before the service answers by its status', async () => {
      let [status, body] = [401, '{"message": "Unauthorized"}'];
      const gateway = await listen((_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7', 'x-request-id': 'gate' });
        response.end(body);
      });
      const impatient = { maxRetries: 0 };
      const unknown = await errorOf(gateway.showroom.tags.list({}, impatient));
      expect(unknown).to.be.instanceOf(AuthenticationError).and.include({ status: 401, requestId: 'gate' });
      status = 429;
      const busy = await errorOf(gateway.showroom.tags.list({}, impatient));
      expect(busy).to.be.instanceOf(RateLimitError).and.include({ retryAfterMs: 7_000 });
      [status, body] = [200, '{}'];
      const other = await errorOf(gateway.showroom.tags.list({}, impatient));
      expect(other)
        .to.be.instanceOf(ConnectionError)
        .and.include({ message: 'The server at this address is not Showroom.' });
      await gateway.close();
    });

    it('takes any time, and no nonsense', async () => {
      for (const timeoutMs of [Number.POSITIVE_INFINITY, 1e10, 60_000]) {
        expect((await showroom.tags.list({}, { timeoutMs })).count).to.be.a('number');
      }
      for (const timeoutMs of [0, -1, Number.NaN, '5s' as never]) {
        expect(await errorOf(showroom.tags.list({}, { timeoutMs }))).to.be.instanceOf(TypeError);
        expect(() => createShowroom({ baseUrl, timeoutMs })).to.throw(TypeError, 'timeoutMs');
      }
    });

    it('tries a write again only under a key, and under the same one', async () => {
      const keys: (string | undefined)[] = [];
      const service = await listen(({ headers }, response) => {
        keys.push(headers['idempotency-key'] as string | undefined);
        busy(response, 503);
      });
      await errorOf(service.showroom.clients.create({ ...person, phone_number: '7' }));
      expect(keys).to.have.lengthOf(3);
      expect(new Set(keys).size).to.equal(1);
      expect(keys[0]).to.be.a('string');
      await errorOf(service.showroom.clients.create({ ...person, phone_number: '7' }, { idempotencyKey: 'mine' }));
      expect(keys.at(-1)).to.equal('mine');
      keys.length = 0;
      await errorOf(service.showroom.tags.create({ name: 'vip' }));
      expect(keys).to.deep.equal([undefined]);
      await service.close();
    });

    it('creates once when the answer is lost', async () => {
      const breaking = await listenAndBreak(new URL(baseUrl), 1);
      const through = createShowroom({ baseUrl: breaking.url, ...account });
      const { count } = await showroom.clients.list({ limit: 1 });
      const client = await through.clients.create({ ...person, phone_number: '75000000001' });
      expect((await showroom.clients.list({ limit: 1 })).count).to.equal(count + 1);
      expect(await showroom.clients.read(client.id)).to.deep.equal(client);
      await breaking.close();
    });

    it('ends in time, and at once when it is told to', async () => {
      const service = await listen(() => {});
      const startedAt = performance.now();
      expect(await errorOf(service.showroom.tags.read(1, { timeoutMs: 100, maxRetries: 0 }))).to.be.instanceOf(
        TimeoutError,
      );
      expect(performance.now() - startedAt).to.be.below(1_000);
      const reason = new Error('the user left');
      const stop = new AbortController();
      setTimeout(() => stop.abort(reason), 50);
      expect(await errorOf(service.showroom.tags.read(1, { signal: stop.signal }))).to.equal(reason);
      await service.close();
    });
  });
});

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A service of the test's own. */
async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server: Server = createServer((request, response) => {
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: baseUrl,
    showroom: createShowroom({ baseUrl }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A network that swallows everything after some bytes, and breaks nothing, until it is healed. */
async function listenAndSwallow({ hostname, port }: URL, bytes: number) {
  let isWell = false;
  const sockets = new Set<Socket>();
  const proxy = createTcpServer((socket) => {
    const behind = connect(Number(port), hostname);
    const isSick = !isWell;
    let passed = 0;
    for (const each of [socket, behind]) sockets.add(each.on('error', () => {}));
    socket.on('close', () => behind.destroy());
    behind.on('data', (chunk) => socket.write(chunk));
    socket.on('data', (chunk) => {
      passed += chunk.length;
      if (isSick && passed > bytes) socket.pause();
      else behind.write(chunk);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    heal: () => {
      isWell = true;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => proxy.close(resolve));
    },
  };
}

/** A network that loses the answers of the first connections, after the service has acted. */
async function listenAndBreak({ hostname, port }: URL, times: number) {
  let broken = 0;
  const sockets = new Set<Socket>();
  const proxy = createTcpServer((socket) => {
    sockets.add(socket);
    const behind = connect(Number(port), hostname);
    const isLost = broken < times;
    socket.on('error', () => behind.destroy());
    behind.on('error', () => socket.destroy());
    socket.on('close', () => behind.destroy());
    socket.pipe(behind);
    behind.on('data', (chunk) => {
      if (!isLost) return socket.write(chunk);
      broken += 1;
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    broken: () => broken,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => proxy.close(resolve));
    },
  };
}
