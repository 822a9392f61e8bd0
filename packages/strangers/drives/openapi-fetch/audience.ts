import { expect } from 'chai';
import { type Api, at, refused, succeeded } from './client.js';

export async function driveTags(api: Api): Promise<void> {
  const { id } = await succeeded(api.POST('/tags/', { body: { name: 'vip' } }), 201);
  const params = at(id);
  expect(await succeeded(api.GET('/tags/{id}/', { params }))).to.deep.equal({ id, name: 'vip' });
  expect((await succeeded(api.PUT('/tags/{id}/', { params, body: { name: 'gold' } }))).name).to.equal('gold');
  expect((await succeeded(api.PATCH('/tags/{id}/', { params, body: { name: 'new' } }))).name).to.equal('new');

  const other = await succeeded(api.POST('/tags/', { body: { name: 'other' } }), 201);
  const page = await succeeded(api.GET('/tags/', { params: { query: { page: 2, limit: 1 } } }));
  expect(page).to.deep.include({ count: 2, next: null, results: [other] });
  expect(page.previous).to.match(/^http.*limit=1/);
  expect(await refused(api.GET('/tags/', { params: { query: { page: 9 } } }), 404)).to.have.keys('detail');

  const blank = await refused(api.POST('/tags/', { body: { name: '' } }), 400);
  expect(blank).to.deep.equal({ name: ['This field may not be blank.'] });
  const anonymous = await refused(api.GET('/tags/', { headers: { authorization: null } }), 401);
  expect(anonymous).to.deep.equal({ detail: 'Authentication credentials were not provided.' });

  for (const row of [{ id }, other]) await succeeded(api.DELETE('/tags/{id}/', { params: at(row.id) }), 204);
  expect(await refused(api.GET('/tags/{id}/', { params }), 404)).to.deep.equal({ detail: 'Not found.' });
}

export async function driveCodes(api: Api): Promise<void> {
  const { id } = await succeeded(api.POST('/codes/', { body: { code: '900' } }), 201);
  const params = at(id);
  expect(await succeeded(api.GET('/codes/{id}/', { params }))).to.deep.equal({ id, code: '900' });
  expect((await succeeded(api.PUT('/codes/{id}/', { params, body: { code: '901' } }))).code).to.equal('901');
  expect((await succeeded(api.PATCH('/codes/{id}/', { params, body: { code: '902' } }))).code).to.equal('902');

  const page = await succeeded(api.GET('/codes/', { params: { query: { page: 1, limit: 5 } } }));
  expect(page).to.deep.equal({ count: 1, next: null, previous: null, results: [{ id, code: '902' }] });
  const taken = await refused(api.POST('/codes/', { body: { code: '902' } }), 400);
  expect(taken).to.have.keys('code');

  await succeeded(api.DELETE('/codes/{id}/', { params }), 204);
  expect(await refused(api.GET('/codes/{id}/', { params }), 404)).to.deep.equal({ detail: 'Not found.' });
}

export async function driveClients(api: Api): Promise<void> {
  const tag = await succeeded(api.POST('/tags/', { body: { name: 'vip' } }), 201);
  const code = await succeeded(api.POST('/codes/', { body: { code: '900' } }), 201);
  const links = { mobile_operator_code: at(code.id).path.id, tag: at(tag.id).path.id };
  const body = { phone_number: '79001234567', timezone: 'Europe/Moscow', ...links };

  const created = await succeeded(api.POST('/clients/', { body }), 201);
  const params = at(created.id);
  expect(created).to.deep.equal({ id: created.id, ...body });
  expect(await succeeded(api.GET('/clients/{id}/', { params }))).to.deep.equal(created);
  const moved = { ...body, timezone: 'UTC' };
  expect(await succeeded(api.PUT('/clients/{id}/', { params, body: moved }))).to.deep.include(moved);
  const change = { phone_number: '79007654321' };
  // @ts-expect-error: the document, as the old one, asks a PATCH for every field
  const patched = await succeeded(api.PATCH('/clients/{id}/', { params, body: change }));
  expect(patched).to.deep.equal({ ...moved, ...change, id: created.id });
  const page = await succeeded(api.GET('/clients/', { params: { query: { page: 1, limit: 1 } } }));
  expect(page.results).to.deep.equal([patched]);
  const wrong = await refused(api.POST('/clients/', { body: { ...body, phone_number: 'x', timezone: 'x' } }), 400);
  expect(wrong).to.have.keys('phone_number', 'timezone');

  const file = `phone_number,timezone,mobile_operator_code,tag\n79007654321,UTC,${code.id},${tag.id}\nx,UTC,1,1\n`;
  const report = await succeeded(
    api.POST('/clients/import/', {
      params: { query: { known: 'update' } },
      headers: { 'content-type': 'text/csv' },
      body: file,
      bodySerializer: (text) => text,
    }),
  );
  expect(report).to.deep.include({ rows: 2, created: 0, skipped: 1, refused: 1 });
  expect(report.errors[0]).to.have.property('row', 2);

  const inUse = await refused(api.DELETE('/tags/{id}/', { params: at(tag.id) }), 409);
  expect(inUse).to.deep.equal({ detail: '1 client uses this tag.' });
  await succeeded(api.DELETE('/clients/{id}/', { params }), 204);
  expect(await refused(api.GET('/clients/{id}/', { params }), 404)).to.deep.equal({ detail: 'Not found.' });
  await succeeded(api.DELETE('/tags/{id}/', { params: at(tag.id) }), 204);
  await succeeded(api.DELETE('/codes/{id}/', { params: at(code.id) }), 204);
}
