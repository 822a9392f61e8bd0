import { expect } from 'chai';
import * as api from '../../generated/oazapfts.js';
import { eventually } from '../stage.js';
import { answered, idOf } from './client.js';

const later = {
  tags: [],
  codes: [],
  start_notification_date: '2099-01-01T10:00:00Z',
  end_notification_date: '2099-01-02T10:00:00Z',
  text: 'hello',
};

/** A mailing is previewed, made once though asked for twice, paused, resumed and canceled. */
export async function driveSteering(): Promise<void> {
  const window = { send_window_start: '09:00', send_window_end: '21:00', send_per_second: 10 };
  const body = { ...later, ...window };
  const preview = await answered(api.mailingPreview(body), 200);
  expect(preview).to.deep.include({ audience: 0, rate_from: 'mailing', seconds: null });
  const key = { idempotencyKey: 'a2' };
  const made = await answered(api.mailingCreate(body, key), 201);
  expect(await answered(api.mailingCreate(body, key), 201)).to.deep.equal(made);
  expect((await answered(api.mailingCreate(later, key), 409)).detail).to.be.a('string');
  const id = idOf(made);
  expect(await answered(api.mailingPreviewStored(id), 200)).to.deep.equal(preview);
  const job = await eventually(
    async () => (await answered(api.jobsList({ mailing: id, status: 'scheduled' }), 200)).results[0],
  );
  expect(job).to.include({ name: 'mailing.start', mailing: id, last_error: null });
  expect(await answered(api.jobsRead(job.id), 200)).to.deep.equal(job);
  expect((await answered(api.mailingPause(id), 200)).status).to.equal('paused');
  expect((await answered(api.mailingResume(id), 200)).status).to.equal('scheduled');
  expect((await answered(api.mailingRetry(id), 200)).messages).to.equal(0);
  expect((await answered(api.mailingResolve(id, { as: 'sent' }), 200)).messages).to.equal(0);
  expect((await answered(api.mailingCancel(id), 200)).status).to.equal('canceled');
  expect((await answered(api.mailingResume(id), 409)).detail).to.be.a('string');
  await answered(api.mailingDelete(id), 204);
  expect(await answered(api.providerList(), 200)).to.deep.equal([]);
  const stopped = await answered(api.sendingStop({ reason: 'wrong text' }), 200);
  expect(stopped).to.include({ stopped: true, reason: 'wrong text', by: 'admin' });
  expect(await answered(api.sendingRead(), 200)).to.deep.equal(stopped);
  expect((await answered(api.sendingResume(), 200)).stopped).to.equal(false);
}

/** Did this client get it, and if not, why? */
export async function driveTimelines(): Promise<void> {
  const { results } = await answered(api.messagesList({ status: 'unknown' }), 200);
  const id = idOf(results[0] ?? {});
  const unknown = await answered(api.messagesRead(id), 200);
  expect(unknown).to.deep.include({ status: 'unknown', reason: 'no_answer', phone_number: null });
  expect(unknown.events.map(({ event }) => event)).to.deep.equal(['expanded']);
  const explanation = await answered(api.mailingExplain(unknown.mailing_list, unknown.client), 200);
  expect(explanation).to.deep.include({ in_audience: true, because: 'is_in_the_audience', message: unknown });
  const settled = await answered(api.messagesResolve(id, { as: 'failed' }), 200);
  expect(settled).to.deep.include({ status: 'failed', reason: 'operator' });
  expect((await answered(api.messagesResolve(id, { as: 'sent' }), 409)).detail).to.be.a('string');
}
