import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';
import { createRunningMailings } from './running.suite.js';

const later = { start_notification_date: '2099-01-01T10:00:00Z', end_notification_date: '2099-01-02T10:00:00Z' };

describe('the filter of a mailing', () => {
  let api: TestApi;
  let running: Awaited<ReturnType<typeof createRunningMailings>>;
  before(async () => {
    api = await startApi();
    running = await createRunningMailings(api);
  });
  after(async () => {
    await running.close();
    await api.stop();
  });
  beforeEach(async () => {
    await api.query('TRUNCATE tags, codes, clients, mailings, past_names RESTART IDENTITY CASCADE');
    for (const name of ['used', 'vip']) await api.rest('POST', '/tags/', { name });
    for (const code of ['900', '901']) await api.rest('POST', '/codes/', { code });
    const client = { phone_number: '79000000001', timezone: 'UTC', tag: 1, mobile_operator_code: 1 };
    await api.rest('POST', '/clients/', client);
  });

  const create = async (change: object = {}) => {
    const { status, body } = await api.rest('POST', '/mailing/', {
      tags: [],
      codes: [],
      text: 'x',
      ...later,
      ...change,
    });
    expect(status, JSON.stringify(body)).to.equal(201);
    return body;
  };
  const read = async (id: number) => (await api.rest('GET', `/mailing/${id}/`)).body;
  const change = (method: string, id: number, body: object) => api.rest(method, `/mailing/${id}/`, body);
  const idsOf = async (query: string) =>
    (await api.rest('GET', `/mailing/${query}`)).body.results.map(({ id }: { id: number }) => id);
  const audienceOf = async (id: number) => (await api.rest('GET', `/mailing/${id}/preview/`)).body.audience;

  /** Tag 2 and code 2, which no client has: each as the API calls it, and as a sentence does. */
  const kinds = [
    { path: '/tags/2/', field: 'tags', name: 'vip', query: '?tag=vip', what: 'tag', error: 'tag.in_use', key: 'name' },
    {
      ...{ path: '/codes/2/', field: 'codes', name: '901', query: '?code=901', what: 'mobile operator code' },
      ...{ error: 'code.in_use', key: 'code' },
    },
  ];
  for (const { path, field, name, query, what, error, key } of kinds) {
    describe(`by ${field}`, () => {
      const remove = () => api.rest('DELETE', path);

      for (const status of ['scheduled', 'running', 'paused', 'paused before its start'] as const) {
        it(`is kept while the mailing is ${status}`, async () => {
          const { id } =
            status === 'running' || status === 'paused'
              ? { id: await running.start({ [field]: [name] }) }
              : await create({ [field]: [name] });
          if (status.startsWith('paused')) await api.rest('POST', `/mailing/${id}/pause/`);
          const { status: answered, body, headers } = await remove();
          expect(answered).to.equal(409);
          expect(body).to.deep.equal({
            detail: `A mailing that has not ended names this ${what}: ${id}. Change or cancel it first.`,
          });
          expect(headers.get('x-error-code')).to.equal(error);
          expect((await read(id))[field]).to.deep.equal([name]);
        });
      }

      it('is kept with the ids of the first twenty mailings, and how many more they are', async () => {
        for (let n = 0; n < 22; n++) await create({ [field]: [name] });
        await api.rest('DELETE', '/mailing/1/');
        const ids = Array.from({ length: 20 }, (_, n) => n + 2).join(', ');
        expect((await remove()).body.detail).to.equal(
          `21 mailings that have not ended name this ${what}: ${ids} and 1 more. Change or cancel them first.`,
        );
      });

      it('is kept for clients and mailings, and says both', async () => {
        const { id } = await create({ [field]: [field === 'tags' ? 'used' : '900'] });
        expect((await api.rest('DELETE', path.replace('2', '1'))).body.detail).to.equal(
          `1 client uses this ${what}. A mailing that has not ended names this ${what}: ${id}. Change or cancel it first.`,
        );
      });

      it('may go with what was canceled, expired, completed or deleted; the names stay with the mailing', async () => {
        const canceled = (await create({ [field]: [name] })).id;
        await api.rest('POST', `/mailing/${canceled}/cancel/`);
        const expired = (await create({ [field]: [name] })).id;
        await api.query(`UPDATE mailings SET start_at = '2001-01-01', end_at = '2001-01-02' WHERE id = ${expired}`);
        await running.store.start(expired);
        const paused = (await create({ [field]: [name] })).id;
        await api.rest('POST', `/mailing/${paused}/pause/`);
        await api.query(`UPDATE mailings SET start_at = '2001-01-01', end_at = '2001-01-02' WHERE id = ${paused}`);
        await running.store.finish(paused);
        const completed = await running.start({ [field]: [name] });
        await running.store.finish(completed);
        await api.rest('DELETE', `/mailing/${(await create({ [field]: [name] })).id}/`);
        const ended = [canceled, expired, paused, completed];
        const before = await Promise.all(ended.map(read));
        expect(before.map(({ status }) => status)).to.deep.equal(['canceled', 'expired', 'expired', 'completed']);
        expect((await remove()).status).to.equal(204);
        expect(await Promise.all(ended.map(read))).to.deep.equal(before);
        expect(before.map((mailing) => mailing[field])).to.deep.equal(Array(4).fill([name]));
        expect(await idsOf(query)).to.deep.equal(ended);
        expect((await change('PUT', completed, await read(completed))).status).to.equal(409);
      });

      it('is as it was at the start, whatever is renamed later, and is taken back as it was read', async () => {
        const id = await running.start({ [field]: [name] });
        await api.rest('PATCH', path, { [key]: 'renamed' });
        await api.rest('POST', `/${field}/`, { [key]: name });
        const own = await read(id);
        expect(own[field]).to.deep.equal([name]);
        expect(await idsOf(query)).to.deep.equal([id]);
        expect(await idsOf(query.replace(/=.*/, '=renamed'))).to.deep.equal([]);
        expect((await change('PUT', id, { ...own, text: 'other' })).status).to.equal(200);
        expect((await change('PATCH', id, { [field]: ['renamed'] })).status, 'the same row').to.equal(200);
        expect((await change('PATCH', id, { [field]: [] })).status).to.equal(409);
        expect((await change('PATCH', id, { [field]: ['nothing'] })).status).to.equal(400);
        expect((await read(id))[field]).to.deep.equal([name]);
      });

      it('follows a rename before the start', async () => {
        const { id } = await create({ [field]: [name] });
        await api.rest('PATCH', path, { [key]: 'renamed' });
        expect((await read(id))[field]).to.deep.equal(['renamed']);
        await api.rest('POST', `/${field}/`, { [key]: name });
        expect((await read(id))[field]).to.deep.equal(['renamed']);
        expect(await idsOf(query)).to.deep.equal([]);
      });

      describe('when it was lost before the upgrade', () => {
        const lost = async () => {
          const { id } = await create({ [field]: [name] });
          await api.query(`DELETE FROM mailing_${field}`);
          return id;
        };
        const asked = `The ${field} that this mailing named were deleted. Name a ${field.slice(0, -1)}, or it reaches everybody.`;

        for (const method of ['PUT', 'PATCH']) {
          it(`refuses an empty list by ${method}, and asks for one`, async () => {
            const id = await lost();
            const own = await read(id);
            expect(own[field]).to.deep.equal([]);
            expect(await audienceOf(id)).to.equal(0);
            const refused = await change(method, id, method === 'PUT' ? own : { [field]: [] });
            expect(refused).to.deep.include({ status: 400, body: { [field]: [asked] } });
            expect(await audienceOf(id)).to.equal(0);
            expect((await change(method, id, { ...own, [field]: [name] })).status).to.equal(200);
            expect((await change(method, id, { ...own, [field]: [] })).status, 'once it names one again').to.equal(200);
          });
        }

        it('says so in a preview, and stays lost when something else changes', async () => {
          const id = await lost();
          const other = field === 'tags' ? { codes: ['900'] } : { tags: ['used'] };
          expect((await change('PATCH', id, { text: 'y', ...other })).status).to.equal(200);
          const { body } = await api.rest('GET', `/mailing/${id}/preview/`);
          expect(body).to.include({ audience: 0 });
          expect(body.warnings).to.deep.equal([
            `No client matches: the ${field} of this mailing were deleted. Set others with PATCH /mailing/${id}/.`,
          ]);
          expect((await api.rest('GET', `/mailing/${(await create()).id}/preview/`)).body.warnings).to.deep.equal([]);
        });

        it('hinders nobody who stops a mailing that runs', async () => {
          const id = await running.start({ [field]: [name] });
          await api.query(`DELETE FROM mailing_${field}; UPDATE mailings SET tag_names = '{}', code_names = '{}'`);
          const own = await read(id);
          const stopped = await change('PUT', id, { ...own, end_notification_date: '2020-01-01T00:00:00Z' });
          expect(stopped.status).to.equal(200);
        });
      });

      it('is decided once when a mailing is made, changed or renamed at the moment of the deletion', async () => {
        for (let round = 0; round < 40; round++) {
          const { body: row } = await api.rest('POST', `/${field}/`, { [key]: `race ${round}` });
          const { id } = await create();
          const named = { [field]: [`race ${round}`] };
          const [made, changed, removed] = await Promise.all([
            api.rest('POST', '/mailing/', { tags: [], codes: [], text: 'x', ...later, ...named }),
            change('PATCH', id, named),
            api.rest('DELETE', `/${field}/${row.id}/`),
          ]);
          const isGone = removed.status === 204;
          expect(removed.status).to.be.oneOf([204, 409]);
          expect(made.status, JSON.stringify(made.body)).to.be.oneOf([201, 400]);
          expect(changed.status, JSON.stringify(changed.body)).to.be.oneOf([200, 400]);
          if (isGone) expect([made.status, changed.status]).to.deep.equal([400, 400]);
          else expect([made.status, changed.status]).to.include.oneOf([200, 201]);
        }
      });

      it('is that of the name that was sent, also when names are swapped meanwhile', async () => {
        for (let round = 0; round < 20; round++) {
          const { body: row } = await api.rest('POST', `/${field}/`, { [key]: `swap ${round}` });
          const [made] = await Promise.all([
            api.rest('POST', '/mailing/', { tags: [], codes: [], text: 'x', ...later, [field]: [`swap ${round}`] }),
            api.rest('PATCH', `/${field}/${row.id}/`, { [key]: `swapped ${round}` }),
          ]);
          expect(made.status).to.be.oneOf([201, 400]);
          if (made.status === 201) expect(made.body[field]).to.deep.equal([`swap ${round}`]);
        }
      });
    });
  }

  it('is the one that was answered last, also when it changes while the start waits', async () => {
    const { id } = await create({ tags: ['vip'], start_notification_date: '2020-01-01T00:00:00Z' });
    const change = await api.database.transaction(async (transaction) => {
      const sql = (text: string) => api.database.sql(text, [], transaction);
      await sql(`SELECT FROM mailings WHERE id = ${id} FOR UPDATE`);
      const started = running.store.start(id);
      await new Promise((resolve) => setTimeout(resolve, 200));
      await sql(`UPDATE mailing_tags SET tag_id = 1 WHERE mailing_id = ${id}`);
      await sql(`UPDATE mailings SET text = 'y' WHERE id = ${id}`);
      return { started };
    });
    expect(await change.started).to.include({ kind: 'started', audience: 1 });
    expect((await read(id)).tags).to.deep.equal(['used']);
  });

  describe('in a form', () => {
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const send = (method: string, path: string, fields: string[][]) =>
      api.rest(method, path, new URLSearchParams(fields).toString(), type);
    const rest = Object.entries({ text: 'x', ...later });
    const required = ['This field is required.'];

    for (const method of ['POST', 'PUT']) {
      it(`has to be there, by ${method}`, async () => {
        const { id } = await create({ tags: ['vip'] });
        const path = method === 'POST' ? '/mailing/' : `/mailing/${id}/`;
        expect(await send(method, path, rest)).to.deep.include({
          status: 400,
          body: { tags: required, codes: required },
        });
        expect(await send(method, path, [...rest, ['codes', '900']])).to.deep.include({
          status: 400,
          body: { tags: required },
        });
        for (const odd of ['tags[]', 'tags[0]', 'Tags', 'tag']) {
          expect((await send(method, path, [...rest, ['codes', '900'], [odd, 'vip']])).body, odd).to.deep.equal({
            tags: required,
          });
        }
        expect((await send(method, path, [...rest, ['codes', '900'], ['tags', '']])).status).to.equal(400);
        const { status, body } = await send(method, path, [
          ...rest,
          ['codes', '900'],
          ['tags', 'vip'],
          ['tags', 'used'],
        ]);
        expect(status, JSON.stringify(body)).to.equal(method === 'POST' ? 201 : 200);
        expect(body.tags).to.have.members(['vip', 'used']);
      });
    }

    it('is left as it is by a PATCH that does not name it, and is never emptied', async () => {
      const { id } = await create({ tags: ['vip'] });
      expect((await send('PATCH', `/mailing/${id}/`, [['text', 'y']])).body.tags).to.deep.equal(['vip']);
      expect((await send('PATCH', `/mailing/${id}/`, [['tags', '']])).status).to.equal(400);
      expect((await read(id)).tags).to.deep.equal(['vip']);
    });

    it('has to be there in a preview, too, and in a multipart form', async () => {
      expect((await send('POST', '/mailing/preview/', rest)).body).to.deep.equal({ tags: required, codes: required });
      const form = new FormData();
      for (const [name, value] of rest) form.append(name, value);
      const response = await fetch(`${api.origin}/api/v1/mailing/`, {
        method: 'POST',
        headers: { authorization: api.basic('admin', 'pw') },
        body: form,
      });
      expect(response.status).to.equal(400);
    });
  });
});
