import { expect } from 'chai';
import { startApi, type TestApi } from '../../api.suite.js';

type Row = Record<string, unknown>;
interface Sample {
  body: Row;
  change: Row;
  required: string[];
  unique?: string;
  key?: string;
}

/** Each resource that is written, with rows that refer to the tag and the code which are there. */
const samples: Record<string, Sample> = {
  tags: { body: { name: 'new' }, change: { name: 'newer' }, required: ['name'], unique: 'name' },
  codes: { body: { code: '901' }, change: { code: '902' }, required: ['code'], unique: 'code' },
  clients: {
    body: { phone_number: '79001234567', timezone: 'UTC', mobile_operator_code: 1, tag: 1 },
    change: { phone_number: '79007654321' },
    required: ['phone_number', 'timezone', 'mobile_operator_code', 'tag'],
  },
  mailing: {
    body: {
      tags: ['vip'],
      codes: ['900'],
      start_notification_date: '2099-01-01T10:00:00Z',
      end_notification_date: '2099-01-02T10:00:00Z',
      text: 'hello',
    },
    change: { text: 'x' },
    required: ['tags', 'codes', 'start_notification_date', 'end_notification_date', 'text'],
  },
  users: {
    body: { username: 'ivan', password: 'pw' },
    change: { first_name: 'Ivan' },
    required: ['password', 'username'],
    unique: 'username',
    key: 'username',
  },
  groups: { body: { name: 'editors' }, change: { name: 'writers' }, required: ['name'], unique: 'name' },
};

describe('writes over REST', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
    await api.rest('POST', '/tags/', { name: 'vip' });
    await api.rest('POST', '/codes/', { code: '900' });
  });
  after(() => api.stop());
  afterEach(() =>
    api.query(`
      DELETE FROM mailings; DELETE FROM clients; DELETE FROM groups; DELETE FROM users WHERE username <> 'admin';
      DELETE FROM tags WHERE id > 1; DELETE FROM codes WHERE id > 1`),
  );

  for (const [resource, { body, change, required, unique, key = 'id' }] of Object.entries(samples)) {
    describe(`of ${resource}`, () => {
      const list = `/${resource}/`;
      const pathOf = (row: Row) => `${list}${row[key]}/`;
      const answerOf = ({ password: _, ...row }: Row) => row;
      const create = async () => (await api.rest('POST', list, body)).body as Row;

      it('create', async () => {
        const created = await api.rest('POST', list, { ...body, id: 77, nonsense: [1] });
        expect(created.status).to.equal(201);
        expect(created.headers.get('location')).to.equal(null);
        expect(created.headers.get('vary')).to.equal('Accept');
        expect(created.headers.get('allow')).to.equal('GET, POST, HEAD, OPTIONS');
        expect(created.body).to.deep.include(answerOf(body));
        expect(created.body.id).to.be.a('number').and.not.equal(77);
        expect(created.body).not.to.have.property('nonsense');
      });

      it('read, change and delete', async () => {
        const row = await create();
        const path = pathOf(row);
        const read = await api.rest('GET', path);
        expect(read.status).to.equal(200);
        expect(read.headers.get('allow')).to.equal('GET, PUT, PATCH, DELETE, HEAD, OPTIONS');
        expect(read.body.id).to.equal(row.id);

        expect(await api.rest('PATCH', path, {})).to.deep.include({ status: 200, body: row });
        expect(await api.rest('PUT', path, body)).to.deep.include({ status: 200, body: row });
        expect(await api.rest('PATCH', path, { ...change, id: 77, nonsense: 1 })).to.deep.include({
          status: 200,
          body: { ...row, ...change },
        });

        const deleted = await api.rest('DELETE', path);
        expect(deleted).to.deep.include({ status: 204, body: '' });
        expect(deleted.headers.get('content-type')).to.equal(null);
        expect(deleted.headers.get('content-length')).to.equal('0');
        for (const method of ['GET', 'DELETE', 'PUT', 'PATCH']) {
          const gone = await api.rest(method, path, method === 'GET' || method === 'DELETE' ? undefined : {});
          expect(gone, method).to.deep.include({ status: 404, body: { detail: 'Not found.' } });
        }
      });

      it('ask for every required field on POST and PUT, at once, and for none on PATCH', async () => {
        const errors = Object.fromEntries(required.map((field) => [field, ['This field is required.']]));
        expect(await api.rest('POST', list, {})).to.deep.include({ status: 400, body: errors });
        const path = pathOf(await create());
        expect(await api.rest('PUT', path, {})).to.deep.include({ status: 400, body: errors });
        expect((await api.rest('PATCH', path, {})).status).to.equal(200);
      });

      if (unique) {
        it('keep a unique value of their own, and are refused that of another', async () => {
          const row = await create();
          const other = (await api.rest('POST', list, { ...body, [unique]: 'another' })).body as Row;
          expect((await api.rest('PUT', pathOf(row), body)).status).to.equal(200);
          expect((await api.rest('PATCH', pathOf(row), { [unique]: row[unique] })).status).to.equal(200);
          for (const [method, path] of [
            ['POST', list],
            ['PUT', pathOf(other)],
            ['PATCH', pathOf(other)],
          ] as const) {
            const refused = await api.rest(method, path, body);
            expect(refused.status, method).to.equal(400);
            expect(refused.body, method).to.have.keys(unique);
            expect(refused.body[unique][0], method).to.match(/already exists\.$/);
          }
        });
      }

      it('take forms like JSON', async () => {
        const fields = Object.entries(body).flatMap(([name, value]) =>
          [value].flat().map((each): [string, string] => [name, String(each)]),
        );
        const multipart = new FormData();
        for (const [name, value] of fields) multipart.append(name, value);
        for (const form of [new URLSearchParams(fields), multipart]) {
          const response = await fetch(`${api.origin}/api/v1${list}`, {
            method: 'POST',
            headers: { authorization: api.basic('admin', 'pw') },
            body: form,
          });
          const row = (await response.json()) as Row;
          expect(response.status, JSON.stringify(row)).to.equal(201);
          expect(row).to.deep.include(answerOf(body));
          await api.rest('DELETE', pathOf(row));
        }
      });
    });
  }

  it('of mailings are read with the four fields of old, and more', async () => {
    const { body: created } = await api.rest('POST', '/mailing/', samples.mailing!.body);
    expect(Object.keys(created).slice(0, 6)).to.deep.equal([
      'id',
      'tags',
      'codes',
      'start_notification_date',
      'end_notification_date',
      'text',
    ]);
    const { body: read } = await api.rest('GET', `/mailing/${created.id}/`);
    expect(Object.keys(read).slice(0, 4)).to.deep.equal([
      'id',
      'start_notification_date',
      'end_notification_date',
      'text',
    ]);
    expect((await api.rest('PATCH', `/mailing/${created.id}/`, { text: 'x' })).body).to.deep.include({
      tags: ['vip'],
      codes: ['900'],
      text: 'x',
    });
  });
});
