/*
 * Sends a text to everybody with a tag, and watches it go.
 *
 *   SHOWROOM_URL=https://showroom.example.com SHOWROOM_TOKEN=showroom_… npx tsx send-and-watch.ts vip 'Come and see'
 */
import { createShowroom } from '@showroom/sdk';

const [tag = 'vip', text = 'Come and see'] = process.argv.slice(2);
const showroom = createShowroom({
  baseUrl: process.env.SHOWROOM_URL ?? 'http://127.0.0.1:8005',
  token: process.env.SHOWROOM_TOKEN,
});

const hour = 3_600_000;
const draft = {
  text,
  tags: [tag],
  codes: [],
  start_notification_date: 'now',
  end_notification_date: new Date(Date.now() + hour),
};

const { audience } = await showroom.mailing.preview(draft);
console.log(`${audience} clients have the tag ${tag}.`);

const { id } = await showroom.mailing.create(draft);
for await (const { sent, total, perSecond, secondsLeft } of showroom.mailing.watch(id)) {
  console.log(`${sent} of ${total} sent, ${perSecond?.toFixed(0) ?? '?'} a second, ${secondsLeft ?? '?'} seconds left`);
}

const { status, failed, unknown } = await showroom.mailing.finished(id);
console.log(`Mailing ${id} is ${status}: ${failed} failed, of ${unknown} nobody knows.`);
for await (const message of showroom.messages.list.all({ mailing_list: id, status: 'failed' })) {
  const { explanation } = await showroom.messages.read(message.id);
  console.log(`Client ${message.client}: ${explanation}`);
}
