import { expect } from 'chai';
import * as api from '../../generated/oazapfts.js';
import { answered, idOf } from './client.js';

export async function driveTags(): Promise<void> {
  const created = await answered(api.tagsCreate({ name: 'vip' }), 201);
  const id = idOf(created);
  expect(await answered(api.tagsRead(id), 200)).to.deep.equal({ id, name: 'vip' });
  expect((await answered(api.tagsUpdate(id, { name: 'gold' }), 200)).name).to.equal('gold');
  expect((await answered(api.tagsPartialUpdate(id, { name: 'new' }), 200)).name).to.equal('new');

  const other = await answered(api.tagsCreate({ name: 'other' }), 201);
  const page = await answered(api.tagsList({ page: 2, limit: 1 }), 200);
  expect(page).to.deep.include({ count: 2, next: null, results: [other] });
  expect(page.previous).to.match(/^http.*limit=1/);
  expect((await answered(api.tagsList({ page: 9 }), 404)).detail).to.equal('Invalid page.');

  const blank = await answered(api.tagsCreate({ name: '' }), 400);
  // @ts-expect-error: the document does not say what a ValidationError holds
  expect(blank.name).to.deep.equal(['This field may not be blank.']);
  const { detail } = await answered(api.tagsList({}, { headers: { authorization: '' } }), 401);
  expect(detail).to.equal('Authentication credentials were not provided.');

  for (const row of [created, other]) await answered(api.tagsDelete(idOf(row)), 204);
  expect((await answered(api.tagsRead(id), 404)).detail).to.equal('Not found.');
}

export async function driveCodes(): Promise<void> {
  const id = idOf(await answered(api.codesCreate({ code: '900' }), 201));
  expect(await answered(api.codesRead(id), 200)).to.deep.equal({ id, code: '900' });
  expect((await answered(api.codesUpdate(id, { code: '901' }), 200)).code).to.equal('901');
  expect((await answered(api.codesPartialUpdate(id, { code: '902' }), 200)).code).to.equal('902');

  const page = await answered(api.codesList({ page: 1, limit: 5 }), 200);
  expect(page).to.deep.equal({ count: 1, next: null, previous: null, results: [{ id, code: '902' }] });
  expect(await answered(api.codesCreate({ code: '902' }), 400)).to.have.keys('code');

  await answered(api.codesDelete(id), 204);
  expect((await answered(api.codesRead(id), 404)).detail).to.equal('Not found.');
}

export async function driveClients(): Promise<void> {
  const tag = idOf(await answered(api.tagsCreate({ name: 'vip' }), 201));
  const code = idOf(await answered(api.codesCreate({ code: '900' }), 201));
  const client = { phone_number: '79001234567', timezone: 'Europe/Moscow', mobile_operator_code: code, tag };

  const created = await answered(api.clientsCreate(client), 201);
  const id = idOf(created);
  expect(created).to.deep.equal({ id, ...client });
  expect(await answered(api.clientsRead(id), 200)).to.deep.equal(created);
  const moved = { ...client, timezone: 'UTC' };
  expect(await answered(api.clientsUpdate(id, moved), 200)).to.deep.equal({ id, ...moved });
  const change = { phone_number: '79007654321' };
  // @ts-expect-error: the document, as the old one, asks a PATCH for every field
  const patched = await answered(api.clientsPartialUpdate(id, change), 200);
  expect(patched).to.deep.equal({ id, ...moved, ...change });
  expect((await answered(api.clientsList({ page: 1, limit: 1 }), 200)).results).to.deep.equal([patched]);
  const wrong = await answered(api.clientsCreate({ ...client, phone_number: 'x', timezone: 'x' }), 400);
  expect(wrong).to.have.keys('phone_number', 'timezone');

  const file = `phone_number,timezone,mobile_operator_code,tag\n79007654321,UTC,${code},${tag}\nx,UTC,1,1\n`;
  const csv = { headers: { 'content-type': 'text/csv' } };
  const report = await answered(api.clientsImport(file, { known: 'update' }, csv), 200);
  expect(report).to.deep.include({ rows: 2, created: 0, skipped: 1, refused: 1 });

  expect((await answered(api.tagsDelete(tag), 409)).detail).to.equal('1 client uses this tag.');
  await answered(api.clientsDelete(id), 204);
  expect((await answered(api.clientsRead(id), 404)).detail).to.equal('Not found.');
  await answered(api.tagsDelete(tag), 204);
  await answered(api.codesDelete(code), 204);
}
