import { readFileSync } from 'node:fs';
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
    expect(report).to.deep.equal({
      ...{ lines: 5, header: 1, blank: 1, continued: 1, rows: 2 },
      ...{ created: 2, updated: 0, skipped: 0, refused: 0, normalized: 1, warned: 0 },
      ...{ repeated_in_file: 0, already_known: 0, errors: [], warnings: [] },
    });
    expect(await clients()).to.deep.equal(['79000000001 Europe/Moscow 2 1', '79000000002 +03:00 1 2']);
  });

  it('takes NDJSON', async () => {
    const line = (phone: unknown, tag: unknown) =>
      JSON.stringify({ phone_number: phone, timezone: 'UTC', mobile_operator_code: 1, tag, more: { of: 'it' } });
    const file = `${line('79000000001', 1)}\n\n${line(79000000002, '2')}\r\n{"phone_number":\n[1]\n${line('7', 1)}`;
    const report = await importing(file, { type: 'application/x-ndjson; charset=utf-8' });
    expect(report).to.deep.include({ rows: 5, created: 3, refused: 2 });
    expect(report.errors).to.deep.equal([
      { row: 3, line: 4, errors: { row: ['Is not valid JSON.'] }, values: { row: '{"phone_number":' } },
      { row: 4, line: 5, errors: { row: ['Must be a JSON object.'] }, values: { row: '[1]' } },
    ]);
    expect(await clients()).to.deep.equal(['79000000001 UTC 1 1', '79000000002 UTC 1 2', '7 UTC 1 1']);
  });

  it('tells of each refused row its number and everything that is wrong, and takes the others', async () => {
    const report = await importing(
      `${header}79000000001,UTC,1,1\n7x,Mars,1,1\n79000000003,UTC,77,88\n123456789012,UTC,,1.5\n79000000005,UTC,1\n` +
        '79000000006,UTC,1,1,1\n79000000007,UTC,1,99\n79000000008,UTC,2,2\n',
    );
    expect(report).to.deep.include({ lines: 9, rows: 8, created: 2, refused: 6 });
    expect(report.errors.map(({ row, line }) => line - row)).to.deep.equal([1, 1, 1, 1, 1, 1]);
    expect(report.errors.map(({ row, errors }) => ({ row, errors }))).to.deep.equal([
      {
        row: 2,
        errors: {
          phone_number: ['Must consist of digits, without "x".'],
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

  it('tells unknown ids together with all else that is wrong, and the values as they were given', async () => {
    const json = (fields: object) => JSON.stringify({ phone_number: '1', timezone: 'UTC', ...fields });
    const csv = await importing(`${header}x,UTC,77,88\n+7 (900) 000,UTC,01,099\n79,UTC,77,x\n1,Mars,1,1\n`);
    expect(csv.errors.map(({ line, errors }) => [line, Object.keys(errors).sort()])).to.deep.equal([
      [2, ['mobile_operator_code', 'phone_number', 'tag']],
      [3, ['tag']],
      [4, ['mobile_operator_code', 'tag']],
      [5, ['timezone']],
    ]);
    expect(csv.errors[0]!.errors.tag).to.deep.equal(['There is no row with the id 88.']);
    expect(csv.errors[1]).to.deep.include({
      errors: { tag: ['There is no row with the id 99.'] },
      values: { phone_number: '+7 (900) 000', timezone: 'UTC', mobile_operator_code: '01', tag: '099' },
    });
    const ids = { mobile_operator_code: 77, tag: 88 };
    const odd = { ...ids, phone_number: '\\ " \t \n \u0000 ж' };
    const ndjson = await importing([json(ids), json(odd)].join('\n'), { type: 'application/x-ndjson' });
    expect(ndjson.errors.map(({ values }) => values)).to.deep.equal([
      { phone_number: '1', timezone: 'UTC', mobile_operator_code: '77', tag: '88' },
      { phone_number: '\\ " \t \n \ufffd ж', timezone: 'UTC', mobile_operator_code: '77', tag: '88' },
    ]);
    // What has to pass through COPY.
    const copied = await importing(`${header}"\t'1\u200b",UTC,\u00a077,88\n`);
    expect(copied.errors[0]!.values).to.deep.include({ phone_number: "\t'1\u200b", mobile_operator_code: '\u00a077' });
  });

  it('counts the numbers that the file repeats, and those that were known', async () => {
    await importing(`${header}1,UTC,1,1\n1,UTC,1,1\n2,UTC,1,1\n`);
    const file = `${header}1,UTC,1,1\n3,UTC,1,1\n+3,UTC,1,1\n2,UTC,1,1\n3,UTC,2,1\n2,UTC,1,99\n4,UTC,1,1\nx,UTC,1,1\n`;
    for (const query of ['?known=skip', '?known=update', '']) {
      const { length } = await clients();
      const report = await importing(file, { query });
      const isFirst = query === '?known=skip';
      expect(report, query).to.deep.include({
        rows: 8,
        refused: 2,
        repeated_in_file: 2,
        already_known: isFirst ? 2 : 6,
        created: query === '' ? 6 : isFirst ? 2 : 0,
      });
      expect(await clients()).to.have.length(length + report.created);
    }
    expect(await importing(`${header}`)).to.deep.include({ rows: 0, repeated_in_file: 0, already_known: 0 });
  });

  it('reports as the documentation shows', async () => {
    const page = readFileSync('docs/importing.md', 'utf8');
    const [, example] = [...page.matchAll(/```csv\n(.*?)```/gs)].map(([, text]) => text!);
    const [report] = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => JSON.parse(text!) as ImportReport);
    await importing(`${header}79001234567,UTC,1,1\n`);
    const told = await importing(example!);
    // The words about phone numbers are those of every face, and not this page's.
    told.errors[0]!.errors.phone_number = report!.errors[0]!.errors.phone_number!;
    told.errors[0]!.errors.timezone = report!.errors[0]!.errors.timezone!;
    expect(told).to.deep.equal(report);
    const [, table] = /\| field \| counts \|\n(.*?)\n\n/s.exec(page)!;
    const described = [...table!.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field);
    expect([...described, 'errors', 'warnings']).to.have.members(Object.keys(told));
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

  it('answers a key again with a report of the version before', async () => {
    const headers = { 'idempotency-key': 'file-2' };
    const first = await importing(`${header}1,UTC,1,1\n2,UTC,1,9\n`, { headers });
    const removed = ['lines', 'header', 'blank', 'continued', 'normalized', 'warned', 'repeated_in_file'];
    await api.query(
      `UPDATE idempotency_keys SET answer = jsonb_set(answer, '{json}',
         (answer->'json') - 'already_known' - 'warnings' - $1::text[] #- '{errors,0,line}' #- '{errors,0,values}')
       WHERE key = 'file-2'`,
      [removed],
    );
    const { created, refused } = first;
    const again = await importing(`${header}1,UTC,1,1\n2,UTC,1,9\n`, { headers });
    expect(again).to.deep.include({ created, refused, lines: 0, warnings: [] });
    expect(again.errors).to.deep.equal([{ ...first.errors[0], line: 0, values: {} }]);
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
      new: {
        known: 'add',
        ...{ lines: 3, header: 1, blank: 0, continued: 0, rows: 2, created: 1, updated: 0, skipped: 0, refused: 1 },
        ...{ normalized: 0, warned: 0, repeated_in_file: 0, already_known: 0 },
      },
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
      '400 The file cannot be read: its header lacks mobile_operator_code, tag. ' +
        'It was read as utf-8, with "," as the delimiter.',
    );
    expect(await detail(`tag,${header}1,UTC,1,1,1\n`)).to.equal(
      '400 The file cannot be read: its header names tag twice.',
    );
    const wayOut = 'Send the file itself as the body, with one of these types: text/csv, application/x-ndjson.';
    for (const type of ['application/json', 'multipart/form-data; boundary=b', 'text/plain']) {
      expect(await detail('{}', { type })).to.equal(`415 Unsupported media type "${type}" in request. ${wayOut}`);
    }
    expect(await detail(header, { type: 'text/csv; charset="x-odd"' })).to.equal(
      '415 Unsupported charset "x-odd" in request. ' +
        'Name one of the Encoding Standard, such as utf-8 or windows-1251.',
    );
    expect(await detail(header, { headers: { 'content-encoding': 'gzip' } })).to.equal(
      '415 Unsupported content encoding "gzip" in request.',
    );
    expect(await detail(header, { query: '?known=maybe' })).to.equal(
      '400 {"known":["Select a valid choice. maybe is not one of the available choices."]}',
    );
    expect(await detail(header + '1,UTC,1,1\n'.repeat(400_000))).to.equal('413 The file is larger than 3000000 bytes.');
    expect(await clients()).to.deep.equal([]);
  });

  it('takes a file in the charset that the request names', async () => {
    const body = Buffer.from(`name,${header}Иван,1,UTC,1,1\n`, 'utf16le').swap16();
    for (const charset of ['UTF-16BE', '"utf-16be"']) {
      const headers = { authorization: api.basic('admin', 'pw'), 'content-type': `text/csv ; charset=${charset}` };
      const answer = await fetch(`${api.origin}/api/v1/clients/import/`, { method: 'POST', body, headers });
      expect([answer.status, await answer.json()]).to.deep.include(200);
    }
    expect(await clients()).to.deep.equal(['1 UTC 1 1', '1 UTC 1 1']);
  });

  it('writes what is right in a file whose quotes are not', async () => {
    const rows = Array.from({ length: 4_000 }, (_, n) => `7913${String(n).padStart(7, '0')},UTC,1,1,`);
    rows[4] += '"Romashka" OOO';
    const right = await importing(`${header.trim()},name\n${rows.join('\n')}\n`);
    expect(right).to.deep.include({ lines: 4_001, rows: 4_000, created: 4_000, refused: 0 });
    await api.query('TRUNCATE clients RESTART IDENTITY');
    rows[10] += '"Romashka';
    const report = await importing(`${header.trim()},name\n${rows.join('\n')}\n`);
    expect(report).to.deep.include({ lines: 4_001, blank: 0, rows: 4_000, created: 10, refused: 3_990 });
    expect(report.errors).to.have.length(1_000);
    expect(await clients()).to.have.length(10);
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
    const row = fc.record({ note: cell, phone: fc.stringMatching(/^[1-9][0-9]{0,10}$/), tag: fc.constantFrom(1, 2) });
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
