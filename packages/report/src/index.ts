export { sendDailyReport } from './daily-report.js';
export { toMailingPdf, toStatisticPdf } from './draw.js';
export { DrawingQueueFull } from './drawing-queue.js';
export { createMailer, type Mailer } from './mailer.js';
