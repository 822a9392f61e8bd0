import { parentPort } from 'node:worker_threads';
import { drawMailing, type MailingDrawing } from './mailing-pdf.js';
import { drawStatistic, type StatisticDrawing } from './statistic-pdf.js';

/** What is drawn; plain data, which is copied to the thread. */
export type Drawing = StatisticDrawing | MailingDrawing;

/** What the thread answers. */
export type Drawn = { readonly bytes: Uint8Array } | { readonly failure: string };

/* The thread in which PDFs are drawn, one after the other. */
parentPort?.on('message', async (drawing: Drawing) => parentPort?.postMessage(await draw(drawing)));

async function draw(drawing: Drawing): Promise<Drawn> {
  try {
    return { bytes: await (drawing.kind === 'mailing' ? drawMailing(drawing) : drawStatistic(drawing)) };
  } catch (error) {
    return { failure: (error as Error).stack ?? String(error) };
  }
}
