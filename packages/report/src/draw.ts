import type { MailingStatisticDetail } from '@showroom/contract';
import { DrawingQueue } from './drawing-queue.js';
import { toMailingDrawing } from './mailing-pdf.js';
import { type DrawnStatistic, type Heading, toStatisticDrawing } from './statistic-pdf.js';

/** One for the whole process: a document of hundreds of mailings takes a core for a second or two. */
const queue = new DrawingQueue();

/**
 * The statistics of all mailings as a PDF: the sums, a chart of the latest mailings, and a table.
 *
 * @param signal gives up the place in the queue, and the drawing
 * @throws DrawingQueueFull
 * @example const bytes = await toStatisticPdf(await readStatistic(deps, {}));
 */
export const toStatisticPdf = (
  statistic: DrawnStatistic,
  heading: Heading = {},
  signal?: AbortSignal,
): Promise<Buffer> => queue.draw(toStatisticDrawing(statistic, heading), signal);

/**
 * The statistics of one mailing as a PDF: what became of its messages, when they were sent, by tag and by code.
 *
 * @param signal gives up the place in the queue, and the drawing
 * @throws DrawingQueueFull
 * @example const bytes = await toMailingPdf(await readMailingStatistic(deps, { id: 12 }));
 */
export const toMailingPdf = (mailing: MailingStatisticDetail, signal?: AbortSignal): Promise<Buffer> =>
  queue.draw(toMailingDrawing(mailing, new Date()), signal);
