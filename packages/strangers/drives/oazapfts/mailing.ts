import { expect } from 'chai';
import * as api from '../../generated/oazapfts.js';
import { answered, idOf } from './client.js';

/** What a mailing is answered with that was given neither window nor rate. */
const unpaced = { send_window_start: null, send_window_end: null, send_per_second: null };

export async function driveMailing(): Promise<void> {
  const tag = await answered(api.tagsCreate({ name: 'vip' }), 201);
  const mailing = {
    tags: ['vip'],
    codes: [],
    start_notification_date: '2099-01-01T10:00:00Z',
    end_notification_date: '2099-01-02T10:00:00Z',
    text: 'hello',
  };
  const created = await answered(api.mailingCreate(mailing), 201);
  const id = idOf(created);
  expect(created).to.deep.equal({ ...mailing, id, status: 'scheduled', ...unpaced });
  expect(await answered(api.mailingRead(id), 200)).to.deep.equal(created);
  const longer = { ...mailing, end_notification_date: '2099-01-03T10:00:00Z' };
  expect(await answered(api.mailingUpdate(id, longer), 200)).to.deep.include(longer);
  // @ts-expect-error: the document, as the old one, asks a PATCH for every field
  const patched = await answered(api.mailingPartialUpdate(id, { text: 'other' }), 200);
  expect(patched).to.deep.include({ ...longer, text: 'other' });

  const second = await answered(api.mailingList({ page: 2, limit: 1 }), 200);
  expect(second).to.deep.include({ count: 2, results: [patched] });
  const vip = await answered(api.mailingList({ tag: 'vip' }), 200);
  expect(vip.results.map(({ status }) => status)).to.deep.equal(['scheduled']);
  expect((await answered(api.mailingList({ code: '900' }), 200)).results).to.deep.equal([]);
  const nobody = await answered(api.mailingCreate({ ...mailing, tags: ['nobody'] }), 400);
  expect(nobody).to.deep.equal({ tags: ['Object with name=nobody does not exist.'] });

  const [sent] = (await answered(api.mailingList({ limit: 1 }), 200)).results;
  // @ts-expect-error: the document, as the old one, asks a PATCH for every field
  const late = await answered(api.mailingPartialUpdate(idOf(sent ?? {}), { text: 'too late' }), 409);
  expect(late.detail).to.be.a('string');

  await answered(api.mailingDelete(id), 204);
  expect((await answered(api.mailingRead(id), 404)).detail).to.equal('Not found.');
  await answered(api.tagsDelete(idOf(tag)), 204);
}

export async function driveMessages(): Promise<void> {
  const all = await answered(api.messagesList({ page: 1, limit: 1 }), 200);
  expect(all.count).to.equal(3);
  const failed = await answered(api.messagesList({ status: 'failed' }), 200);
  expect(failed.results.map(({ send_date }) => send_date)).to.deep.equal([null]);
  const mailing = all.results[0]?.mailing_list;
  const [sent] = (await answered(api.messagesList({ mailingList: mailing, client: 1 }), 200)).results;
  expect(sent).to.deep.include({ status: 'sent', send_date: '2026-01-01T10:00:01Z', client: 1 });
  expect(await answered(api.messagesList({ client: 1e30 }), 400)).to.have.keys('client');
}

export async function driveStatistic(): Promise<void> {
  const { mailings, messages, results } = await answered(api.statisticList({ page: 1, limit: 1 }), 200);
  expect({ mailings, sent: messages.sent, failed: messages.failed }).to.deep.equal({ mailings: 1, sent: 1, failed: 1 });
  const detail = await answered(api.statisticRead(String(results[0]?.id)), 200);
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
  expect((await answered(api.statisticRead('0'), 404)).detail).to.equal('Not found.');
}
