import { expect } from 'chai';
import { type Api, at, refused, succeeded } from './client.js';

/** What a mailing is answered with that was given neither window nor rate. */
const unpaced = { send_window_start: null, send_window_end: null, send_per_second: null };

export async function driveMailing(api: Api): Promise<void> {
  const tag = await succeeded(api.POST('/tags/', { body: { name: 'vip' } }), 201);
  const body = {
    tags: ['vip'],
    codes: [],
    start_notification_date: '2099-01-01T10:00:00Z',
    end_notification_date: '2099-01-02T10:00:00Z',
    text: 'hello',
  };
  const created = await succeeded(api.POST('/mailing/', { body }), 201);
  const params = at(created.id);
  expect(created).to.deep.equal({ ...body, id: created.id, status: 'scheduled', ...unpaced });
  expect(await succeeded(api.GET('/mailing/{id}/', { params }))).to.deep.equal(created);
  const longer = { ...body, end_notification_date: '2099-01-03T10:00:00Z' };
  expect(await succeeded(api.PUT('/mailing/{id}/', { params, body: longer }))).to.deep.include(longer);
  // @ts-expect-error: the document, as the old one, asks a PATCH for every field
  const patched = await succeeded(api.PATCH('/mailing/{id}/', { params, body: { text: 'other' } }));
  expect(patched).to.deep.include({ ...longer, text: 'other' });

  const second = await succeeded(api.GET('/mailing/', { params: { query: { page: 2, limit: 1 } } }));
  expect(second).to.deep.include({ count: 2, results: [patched] });
  const vip = await succeeded(api.GET('/mailing/', { params: { query: { tag: 'vip' } } }));
  expect(vip.results.map(({ status }) => status)).to.deep.equal(['scheduled']);
  const by900 = await succeeded(api.GET('/mailing/', { params: { query: { code: '900' } } }));
  expect(by900.results).to.deep.equal([]);
  const nobody = await refused(api.POST('/mailing/', { body: { ...body, tags: ['nobody'] } }), 400);
  expect(nobody).to.deep.equal({ tags: ['Object with name=nobody does not exist.'] });

  const [sent] = (await succeeded(api.GET('/mailing/', { params: { query: { limit: 1 } } }))).results;
  // @ts-expect-error: the document, as the old one, asks a PATCH for every field
  const late = api.PATCH('/mailing/{id}/', { params: at(sent?.id), body: { text: 'too late' } });
  expect(await refused(late, 409)).to.have.keys('detail');

  await succeeded(api.DELETE('/mailing/{id}/', { params }), 204);
  expect(await refused(api.GET('/mailing/{id}/', { params }), 404)).to.deep.equal({ detail: 'Not found.' });
  await succeeded(api.DELETE('/tags/{id}/', { params: at(tag.id) }), 204);
}

export async function driveMessages(api: Api): Promise<void> {
  const all = await succeeded(api.GET('/messages/', { params: { query: { page: 1, limit: 1 } } }));
  expect(all.count).to.equal(3);
  const failed = await succeeded(api.GET('/messages/', { params: { query: { status: 'failed' } } }));
  expect(failed.results.map(({ send_date }) => send_date)).to.deep.equal([null]);
  const query = { mailing_list: all.results[0]?.mailing_list, client: 1 };
  const [sent] = (await succeeded(api.GET('/messages/', { params: { query } }))).results;
  expect(sent).to.deep.include({ status: 'sent', send_date: '2026-01-01T10:00:01Z', client: 1 });
  expect(await refused(api.GET('/messages/', { params: { query: { client: 1e30 } } }), 400)).to.have.keys('client');
}

export async function driveStatistic(api: Api): Promise<void> {
  const { mailings, messages, results } = await succeeded(
    api.GET('/statistic/', { params: { query: { page: 1, limit: 1 } } }),
  );
  expect({ mailings, sent: messages.sent, failed: messages.failed }).to.deep.equal({ mailings: 1, sent: 1, failed: 1 });
  const ofMailing = (id: number | undefined) => ({ params: { path: { id: String(id) } } });
  const detail = await succeeded(api.GET('/statistic/{id}/', ofMailing(results[0]?.id)));
  expect(detail.by_tag.map(({ name, messages }) => [name, messages.total])).to.deep.equal([
    ['vip', 1],
    [null, 2],
  ]);
  expect(detail.by_code.map(({ code, messages }) => [code, messages.sent])).to.deep.equal([
    ['900', 1],
    [null, 0],
  ]);
  expect(detail.per_minute).to.deep.equal([{ minute: '2026-01-01T10:00:00Z', sent: 1 }]);
  expect(detail.first_sent).to.equal(detail.last_sent);
  expect(await refused(api.GET('/statistic/{id}/', ofMailing(0)), 404)).to.deep.equal({ detail: 'Not found.' });
}
