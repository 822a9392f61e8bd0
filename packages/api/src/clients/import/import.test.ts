import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImportReport } from '@showroom/contract';
import { expect } from 'chai';
import fc from 'fast-check';
import Papa from 'papaparse';
import { startApi, type TestApi } from '../../api.suite.js';

const header = 'phone_number,timezone,mobile_operator_code,tag\n';

describe('clients import', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi({ importMaxBytes: 3_000_000 });
    for (const name of ['one', 'two']) await api.rest('POST', '/tags/', { name });
    for (const code of ['900', '901']) await api.rest('POST', '/codes/', { code });
  });
  beforeEach(() => api.query('TRUNCATE clients RESTART IDENTITY'));
  after(() => api.stop());

  const send = (body: string, { query = '', type = 'text/csv', headers = {} } = {}) =>
    api.rest('POST', `/clients/import/${query}`, body, { 'content-type': type, ...headers });
  const importing = async (body: string, options: Parameters<typeof send>[1] = {}): Promise<ImportReport> => {
    const { status, body: report } = await send(body, options);
    expect(status, JSON.stringify(report)).to.equal(200);
    return report;
  };
  const readClients = () =>
    api.query(`SELECT concat_ws(' ', phone_number, timezone, code_id, tag_id) AS client FROM clients ORDER BY id`);
  const clients = async () => (await readClients()).map(({ client }) => client);

  it('takes CSV, with its columns in any order and others beside them', async () => {
    const report = await importing(
      '\ufeffName;Tag;timezone;phone_number;mobile_operator_code\r\n' +
        '"Smith; John";1;Europe/Moscow;79000000001;2\r\n\r\n"O""Neill\nJr";2;"+03:00"; 79000000002 ;1',
    );
    expect(report).to.deep.equal({ rows: 2, created: 2, updated: 0, skipped: 0, refused: 0, errors: [] });
    expect(await clients()).to.deep.equal(['79000000001 Europe/Moscow 2 1', '79000000002 +03:00 1 2']);
  });

  it('takes NDJSON', async () => {
    const line = (phone: unknown, tag: unknown) =>
      JSON.stringify({ phone_number: phone, timezone: 'UTC', mobile_operator_code: 1, tag, more: { of: 'it' } });
    const file = `${line('79000000001', 1)}\n\n${line(79000000002, '2')}\r\n{"phone_number":\n[1]\n${line('7', 1)}`;
    const report = await importing(file, { type: 'application/x-ndjson; charset=utf-8' });
    expect(report).to.deep.include({ rows: 5, created: 3, refused: 2 });
    expect(report.errors).to.deep.equal([
      { row: 3, errors: { row: ['Is no JSON.'] } },
      { row: 4, errors: { row: ['Is no object.'] } },
    ]);
    expect(await clients()).to.deep.equal(['79000000001 UTC 1 1', '79000000002 UTC 1 2', '7 UTC 1 1']);
  });

  it('tells of each refused row its number and everything that is wrong, and takes the others', async () => {
    const report = await importing(
      `${header}79000000001,UTC,1,1\n7x,Mars,1,1\n79000000003,UTC,77,88\n123456789012,UTC,,1.5\n79000000005,UTC,1\n` +
        '79000000006,UTC,1,1,1\n79000000007,UTC,1,99\n79000000008,UTC,2,2\n',
    );
    expect(report).to.deep.include({ rows: 8, created: 2, refused: 6 });
    expect(report.errors).to.deep.equal([
      {
        row: 2,
        errors: {
          phone_number: ['Must consist of digits.'],
          timezone: ['Must be an IANA time zone such as "Europe/Moscow", or an offset such as "+03:00".'],
        },
      },
      {
        row: 3,
        errors: {
          mobile_operator_code: ['There is no row with the id 77.'],
          tag: ['There is no row with the id 88.'],
        },
      },
      {
        row: 4,
        errors: {
          phone_number: ['Must have at most 11 characters.'],
          mobile_operator_code: ['Is missing.'],
          tag: ['Must be a whole number.'],
        },
      },
      { row: 5, errors: { tag: ['Is missing.'] } },
      { row: 6, errors: { row: ['Has 5 values, where the header has 4.'] } },
      { row: 7, errors: { tag: ['There is no row with the id 99.'] } },
    ]);
    expect(await clients()).to.deep.equal(['79000000001 UTC 1 1', '79000000008 UTC 2 2']);
  });

  it('adds, updates or skips who is known by their number', async () => {
    await importing(`${header}1,UTC,1,1\n2,UTC,1,1\n2,UTC,1,1\n3,UTC,1,1\n`);
    const file = `${header}1,UTC,1,1\n2,Asia/Omsk,1,1\n2,Asia/Omsk,2,2\n4,UTC,2,1\n4,UTC,2,2\n`;
    const skipping = await importing(file, { query: '?known=skip' });
    expect(skipping).to.deep.include({ rows: 5, created: 1, updated: 0, skipped: 4 });
    const updating = await importing(file, { query: '?known=update' });
    expect(updating).to.deep.include({ rows: 5, created: 0, updated: 1, skipped: 4 });
    const again = await importing(file, { query: '?known=update' });
    expect(again).to.deep.include({ rows: 5, created: 0, updated: 0, skipped: 5 });
    const all = ['1 UTC 1 1', '2 Asia/Omsk 2 2', '2 Asia/Omsk 2 2', '3 UTC 1 1', '4 UTC 2 2'];
    expect(await clients()).to.have.members(all);
    expect(await importing(file)).to.deep.include({ rows: 5, created: 5 });
  });

  it('imports once, with an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'file-1' };
    const first = await importing(`${header}1,UTC,1,1\n2,UTC,1,9\n`, { headers });
    expect(await importing(`${header}1,UTC,1,1\n2,UTC,1,9\n`, { headers })).to.deep.equal(first);
    expect(await clients()).to.have.length(1);
    expect((await send(`${header}1,UTC,1,1\n`, { headers })).status).to.equal(409);
    expect((await send(`${header}1,UTC,1,1\n2,UTC,1,9\n`, { headers, query: '?known=skip' })).status).to.equal(409);
  });

  it('is in the audit, as one entry', async () => {
    await importing(`${header}1,UTC,1,1\n2,UTC,1,9\n`);
    const { results } = (await api.rest('GET', '/audit/?limit=1')).body;
    expect(results[0]).to.deep.include({
      action: 'create',
      user: 'admin',
      operation: 'clients_import',
      resource: 'clients',
      row: 'import',
      new: { known: 'add', rows: 2, created: 1, updated: 0, skipped: 0, refused: 1 },
    });
  });

  it('refuses what is no such file, as a whole', async () => {
    const detail = async (body: string, options = {}) => {
      const answer = await send(body, options);
      return `${answer.status} ${answer.body.detail ?? JSON.stringify(answer.body)}`;
    };
    expect(await detail('')).to.equal('400 The file cannot be read: it is empty.');
    expect(await detail(' \n\n')).to.equal('400 The file cannot be read: it is empty.');
    expect(await detail('phone_number,timezone\n1,UTC\n')).to.equal(
      '400 The file cannot be read: its header lacks mobile_operator_code, tag.',
    );
    expect(await detail(`tag,${header}1,UTC,1,1,1\n`)).to.equal(
      '400 The file cannot be read: its header names tag twice.',
    );
    expect(await detail('{}', { type: 'application/json' })).to.equal(
      '415 Unsupported media type "application/json" in request.',
    );
    expect(await detail(header, { headers: { 'content-encoding': 'gzip' } })).to.equal(
      '415 Unsupported content encoding "gzip" in request.',
    );
    expect(await detail(header, { query: '?known=maybe' })).to.equal(
      '400 {"known":["Select a valid choice. maybe is not one of the available choices."]}',
    );
    const open = `${header}1,UTC,1,1\n"2,UTC,1,1\n${'3,UTC,1,1\n'.repeat(50_000)}`;
    expect(await detail(open)).to.match(/^400 .* a row has more than 200000 characters. Is a quote open\?$/);
    expect(await detail(header + '1,UTC,1,1\n'.repeat(400_000))).to.equal('413 The file is larger than 3000000 bytes.');
    expect(await clients()).to.deep.equal([]);
  });

  it('refuses a file that is not UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from(`name,${header}`),
      Buffer.from([0xc8, 0xe2, 0xe0, 0xed]),
      Buffer.from(',1,UTC,1,1\n'),
    ]);
    const headers = { authorization: api.basic('admin', 'pw'), 'content-type': 'text/csv' };
    const answer = await fetch(`${api.origin}/api/v1/clients/import/`, { method: 'POST', body, headers });
    expect(answer.status).to.equal(400);
    expect(await answer.json()).to.deep.equal({ detail: 'The file cannot be read: it is not UTF-8.' });
  });

  it('asks for the right to add clients, and to change them where it may', async () => {
    await api.rest('POST', '/users/', {
      username: 'adder',
      password: 'pw',
      user_permissions: [await permission('add_client')],
    });
    const headers = { authorization: api.basic('adder', 'pw') };
    expect((await send(`${header}1,UTC,1,1\n`, { headers })).status).to.equal(200);
    expect((await send(`${header}1,UTC,1,2\n`, { headers, query: '?known=update' })).status).to.equal(403);
    await api.rest('POST', '/users/', { username: 'nobody', password: 'pw' });
    expect((await send(header, { headers: { authorization: api.basic('nobody', 'pw') } })).status).to.equal(403);
    expect((await send(header, { headers: { authorization: '' } })).status).to.equal(401);
    expect(await clients()).to.deep.equal(['1 UTC 1 1']);
  });

  async function permission(codename: string): Promise<number> {
    const [row] = await api.query<{ id: number }>('SELECT id::int FROM permissions WHERE codename = $1', [codename]);
    return row!.id;
  }

  it('has no file over tRPC', async () => {
    const error = await api.trpc.clients.import.mutate({}).catch((thrown) => thrown);
    expect(error.data.error).to.equal('request.no_file');
  });

  it('leaves nothing behind of a file that breaks off', async () => {
    const headers = {
      authorization: api.basic('admin', 'pw'),
      'content-type': 'text/csv',
      'content-length': '1000000',
    };
    const sending = request(`${api.origin}/api/v1/clients/import/`, { method: 'POST', headers });
    sending.on('error', () => {});
    sending.write(`${header}1,UTC,1,1\n`);
    await sleep(200);
    sending.destroy();
    await sleep(200);
    expect(await clients()).to.deep.equal([]);
    expect(await importing(`${header}1,UTC,1,1\n`)).to.deep.include({ created: 1 });
  });

  it('tells of the first thousand refused rows, and counts all', async () => {
    const bad = Array.from({ length: 1_500 }, (_, n) => (n % 2 ? 'x,UTC,1,1' : '1,UTC,1,99')).join('\n');
    const report = await importing(`${header}${bad}\n2,UTC,1,1\n`);
    expect(report).to.deep.include({ rows: 1_501, created: 1, refused: 1_500 });
    expect(report.errors.map(({ row }) => row)).to.deep.equal(Array.from({ length: 1_000 }, (_, n) => n + 1));
  });

  it('reads whatever a CSV writer writes', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', ' ', 'ж', '😀') });
    const row = fc.record({ note: cell, phone: fc.stringMatching(/^[0-9]{1,11}$/), tag: fc.constantFrom(1, 2) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.constantFrom('\n', '\r\n'),
        async (rows, newline) => {
          await api.query('TRUNCATE clients');
          const data = rows.map(({ note, phone, tag }) => ({
            note,
            phone_number: phone,
            timezone: 'UTC',
            mobile_operator_code: 1,
            tag,
          }));
          const report = await importing(Papa.unparse(data, { newline }));
          expect(report).to.deep.include({ rows: rows.length, created: rows.length });
          expect(await clients()).to.deep.equal(rows.map(({ phone, tag }) => `${phone} UTC 1 ${tag}`));
        },
      ),
      { numRuns: 30 },
    );
  });
});
