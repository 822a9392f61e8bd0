import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MailingStatistic } from '@showroom/contract';
import { expect } from 'chai';
import { DrawingQueue, DrawingQueueFull } from './drawing-queue.js';
import type { StatisticDrawing } from './statistic-pdf.js';

const messages = { total: 7, pending: 0, sent: 7, failed: 0, expired: 0, canceled: 0, unknown: 0 };
const mailing = (id: number): MailingStatistic => ({
  id,
  status: 'completed',
  start_notification_date: new Date(),
  end_notification_date: new Date(),
  text: `Mailing number ${id} tells of a discount`,
  messages,
});
const drawing = (size: number): StatisticDrawing => {
  const results = Array.from({ length: size }, (_, n) => mailing(n + 1));
  return { kind: 'statistic', statistic: { mailings: size, clients: 1, messages, results }, heading: {} };
};
const isPdf = (bytes: Buffer) => bytes.subarray(0, 5).toString() === '%PDF-';

describe('the queue of PDFs', function () {
  this.timeout(120_000);

  it('leaves the event loop alone while a large one is drawn', async () => {
    const queue = new DrawingQueue();
    await queue.draw(drawing(1));
    const large = drawing(500);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const startedAt = performance.now();
    expect(isPdf(await queue.draw(large))).to.equal(true);
    const tookMs = performance.now() - startedAt;
    delay.disable();
    expect(tookMs, 'large enough to show').to.be.above(200);
    expect(delay.max / 1e6).to.be.below(Math.max(100, tookMs / 4));
  });

  it('draws one at a time, and refuses more than may wait', async () => {
    const queue = new DrawingQueue({ mostWaiting: 2 });
    const order: number[] = [];
    const drawn = [20, 1, 1].map(async (size, n) => {
      expect(isPdf(await queue.draw(drawing(size)))).to.equal(true);
      order.push(n);
    });
    const refused = await queue.draw(drawing(1)).catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(DrawingQueueFull);
    await Promise.all(drawn);
    expect(order).to.deep.equal([0, 1, 2]);
    expect(isPdf(await queue.draw(drawing(1)))).to.equal(true);
  });

  it('lets go of what nobody waits for, in the queue and while it is drawn', async () => {
    const queue = new DrawingQueue({ mostWaiting: 2 });
    const gone = new Error('gone');
    const [first, second] = [new AbortController(), new AbortController()];
    const current = queue.draw(drawing(500), first.signal).catch((error: unknown) => error);
    const waiting = queue.draw(drawing(500), second.signal).catch((error: unknown) => error);
    second.abort(gone);
    expect(await waiting).to.equal(gone);
    const last = [queue.draw(drawing(1)), queue.draw(drawing(1))];
    first.abort(gone);
    expect(await current).to.equal(gone);
    for (const each of last) expect(isPdf(await each)).to.equal(true);
    expect(await queue.draw(drawing(1), AbortSignal.abort(gone)).catch((error: unknown) => error)).to.equal(gone);
  });

  it('goes on after a drawing that fails, takes too long, or takes its thread along', async () => {
    const queue = new DrawingQueue();
    const broken = { ...drawing(1), statistic: null } as unknown as StatisticDrawing;
    const failure = await queue.draw(broken).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(isPdf(await queue.draw(drawing(1)))).to.equal(true);
    const hurried = new DrawingQueue({ timeoutMs: 1 });
    const late = await hurried.draw(drawing(500)).catch((error: unknown) => error);
    expect((late as Error).message).to.equal('The PDF was not drawn within 1 ms.');
    const uncopied = { ...drawing(1), heading: { title: () => {} } } as unknown as StatisticDrawing;
    expect(await queue.draw(uncopied).catch((error: unknown) => error)).to.be.instanceOf(Error);
    expect(isPdf(await queue.draw(drawing(1)))).to.equal(true);
  });
});
