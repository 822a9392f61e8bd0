import { expect } from 'chai';
import { startApi, type TestApi } from '../api.suite.js';

describe('tags', () => {
  let api: TestApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());
  beforeEach(() => api.query('TRUNCATE tags, codes, clients, mailings CASCADE'));

  it('lives through create, read, update, list and delete over REST', async () => {
    const created = await api.rest('POST', '/tags/', { name: ' vip ' });
    expect(created.status).to.equal(201);
    expect(created.body).to.deep.equal({ id: created.body.id, name: 'vip' });
    const path = `/tags/${created.body.id}/`;
    expect((await api.rest('GET', path)).body).to.deep.equal(created.body);
    expect((await api.rest('PUT', path, { name: 'gold' })).body.name).to.equal('gold');
    expect((await api.rest('PATCH', path, {})).body.name).to.equal('gold');
    expect((await api.rest('GET', '/tags')).body).to.deep.equal({
      count: 1,
      next: null,
      previous: null,
      results: [{ id: created.body.id, name: 'gold' }],
    });
    const deleted = await api.rest('DELETE', path);
    expect(deleted.status).to.equal(204);
    expect(deleted.body).to.equal('');
    expect((await api.rest('DELETE', path)).body).to.deep.equal({ detail: 'Not found.' });
  });

  it('is found by its name, and so is a code by its own', async () => {
    for (const name of ['vip', 'VIP', 'gold']) await api.rest('POST', '/tags/', { name });
    for (const code of ['900', '901']) await api.rest('POST', '/codes/', { code });
    const { body } = await api.rest('GET', '/tags/?name=vip');
    expect([body.count, ...body.results.map(({ name }: { name: string }) => name)]).to.deep.equal([1, 'vip']);
    expect((await api.rest('GET', '/tags/?name=silver')).body.results).to.deep.equal([]);
    expect((await api.rest('GET', '/codes/?code=901')).body.results).to.have.lengthOf(1);
    expect((await api.rest('GET', '/codes/?code=%00')).status).to.equal(400);
    expect((await api.trpc.tags.list.query({ name: 'gold' })).count).to.equal(1);
  });

  it('lives through the same over tRPC', async () => {
    const { tags } = api.trpc;
    const created = await tags.create.mutate({ name: 'vip' });
    expect(await tags.read.query({ id: created.id })).to.deep.equal(created);
    expect(await tags.update.mutate({ id: created.id, name: 'gold' })).to.deep.equal({ id: created.id, name: 'gold' });
    expect((await tags.list.query({})).count).to.equal(1);
    await tags.delete.mutate({ id: created.id });
    expect((await tags.list.query({})).results).to.deep.equal([]);
  });

  it('refuses a name that is taken, on create and on change', async () => {
    await api.rest('POST', '/tags/', { name: 'a' });
    const { body: b } = await api.rest('POST', '/tags/', { name: 'b' });
    const taken = { name: ['tag with this Тег already exists.'] };
    expect(await api.rest('POST', '/tags/', { name: 'a' })).to.deep.include({ status: 400, body: taken });
    expect(await api.rest('PUT', `/tags/${b.id}/`, { name: 'a' })).to.deep.include({ status: 400, body: taken });
    expect(await api.rest('PUT', `/tags/${b.id}/`, { name: 'b' })).to.include({ status: 200 });
  });

  for (const [what, name, message] of [
    ['nothing', undefined, 'This field is required.'],
    ['null', null, 'This field may not be null.'],
    ['blank', '  ', 'This field may not be blank.'],
    ['too long', 'x'.repeat(51), 'Ensure this field has no more than 50 characters.'],
    ['a list', [], 'Not a valid string.'],
    ['true', true, 'Not a valid string.'],
    ['NUL', 'a\0b', 'Null characters are not allowed.'],
    ['half a surrogate', 'a\ud800', 'Surrogate characters are not allowed: U+D800.'],
  ] as const) {
    it(`refuses a name that is ${what}`, async () => {
      expect(await api.rest('POST', '/tags/', { name })).to.deep.include({ status: 400, body: { name: [message] } });
    });
  }

  it('counts emoji as people do', async () => {
    expect((await api.rest('POST', '/tags/', { name: '🎉'.repeat(50) })).status).to.equal(201);
  });

  it('takes a number for a name', async () => {
    expect((await api.rest('POST', '/tags/', { name: 7 })).body.name).to.equal('7');
  });

  it('keeps a tag that clients use, and says how many', async () => {
    const { body: tag } = await api.rest('POST', '/tags/', { name: 'vip' });
    const { body: code } = await api.rest('POST', '/codes/', { code: '900' });
    const client = { phone_number: '79001234567', timezone: 'UTC', mobile_operator_code: code.id, tag: tag.id };
    await api.rest('POST', '/clients/', client);
    const refused = await api.rest('DELETE', `/tags/${tag.id}/`);
    expect(refused).to.deep.include({ status: 409, body: { detail: '1 client uses this tag.' } });
    const refusedCode = await api.rest('DELETE', `/codes/${code.id}/`);
    expect(refusedCode.body).to.deep.equal({ detail: '1 client uses this mobile operator code.' });
  });

  for (const id of ['99999999', 'abc', '0', '-1', '99999999999999999999', '1.5', '%00']) {
    it(`finds nothing under the id ${id}`, async () => {
      expect(await api.rest('GET', `/tags/${id}/`)).to.deep.include({ status: 404, body: { detail: 'Not found.' } });
    });
  }
});
