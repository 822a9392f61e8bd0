import { expect } from 'chai';
import { eventually } from '../stage.js';
import { type Api, at, refused, succeeded } from './client.js';

const later = {
  tags: [],
  codes: [],
  start_notification_date: '2099-01-01T10:00:00Z',
  end_notification_date: '2099-01-02T10:00:00Z',
  text: 'hello',
};

/** A mailing is previewed, made once though asked for twice, paused, resumed and canceled. */
export async function driveSteering(api: Api): Promise<void> {
  const window = { send_window_start: '09:00', send_window_end: '21:00', send_per_second: 10 };
  const body = { ...later, ...window };
  const preview = await succeeded(api.POST('/mailing/preview/', { body }));
  expect(preview).to.deep.include({ audience: 0, rate_from: 'mailing', seconds: null });
  const header = { 'Idempotency-Key': 'a1' };
  const made = await succeeded(api.POST('/mailing/', { body, params: { header } }), 201);
  expect(await succeeded(api.POST('/mailing/', { body, params: { header } }), 201)).to.deep.equal(made);
  expect(await refused(api.POST('/mailing/', { body: later, params: { header } }), 409)).to.have.keys('detail');
  const params = at(made.id);
  expect(await succeeded(api.GET('/mailing/{id}/preview/', { params }))).to.deep.equal(preview);
  const query = { mailing: made.id, status: 'scheduled' } as const;
  const job = await eventually(async () => (await succeeded(api.GET('/jobs/', { params: { query } }))).results[0]);
  expect(job).to.include({ name: 'mailing.start', mailing: made.id, last_error: null });
  expect(await succeeded(api.GET('/jobs/{id}/', { params: { path: { id: job.id } } }))).to.deep.equal(job);
  expect((await succeeded(api.POST('/mailing/{id}/pause/', { params }))).status).to.equal('paused');
  expect((await succeeded(api.POST('/mailing/{id}/resume/', { params }))).status).to.equal('scheduled');
  expect((await succeeded(api.POST('/mailing/{id}/retry/', { params }))).messages).to.equal(0);
  expect((await succeeded(api.POST('/mailing/{id}/resolve/', { params, body: { as: 'sent' } }))).messages).to.equal(0);
  expect((await succeeded(api.POST('/mailing/{id}/cancel/', { params }))).status).to.equal('canceled');
  expect(await refused(api.POST('/mailing/{id}/resume/', { params }), 409)).to.have.keys('detail');
  await succeeded(api.DELETE('/mailing/{id}/', { params }), 204);
  expect(await succeeded(api.GET('/provider/'))).to.deep.equal([]);
  const stopped = await succeeded(api.POST('/sending/stop/', { body: { reason: 'wrong text' } }));
  expect(stopped).to.include({ stopped: true, reason: 'wrong text', by: 'admin' });
  expect(await succeeded(api.GET('/sending/'))).to.deep.equal(stopped);
  expect((await succeeded(api.POST('/sending/resume/'))).stopped).to.equal(false);
}

/** Did this client get it, and if not, why? */
export async function driveTimelines(api: Api): Promise<void> {
  const { results } = await succeeded(api.GET('/messages/', { params: { query: { status: 'unknown' } } }));
  const params = at(results[0]?.id);
  const unknown = await succeeded(api.GET('/messages/{id}/', { params }));
  expect(unknown).to.deep.include({ status: 'unknown', reason: 'no_answer', phone_number: null });
  expect(unknown.events.map(({ event }) => event)).to.deep.equal(['expanded']);
  const explanation = await succeeded(
    api.GET('/mailing/{id}/explain/', { params: { ...at(unknown.mailing_list), query: { client: unknown.client } } }),
  );
  expect(explanation).to.deep.include({ in_audience: true, because: 'is_in_the_audience', message: unknown });
  const settled = await succeeded(api.POST('/messages/{id}/resolve/', { params, body: { as: 'failed' } }));
  expect(settled).to.deep.include({ status: 'failed', reason: 'operator' });
  expect(await refused(api.POST('/messages/{id}/resolve/', { params, body: { as: 'sent' } }), 409)).to.have.keys(
    'detail',
  );
}
