export { sendDailyReport } from './daily-report.js';
export { createMailer, type Mailer } from './mailer.js';
export { toMailingPdf } from './mailing-pdf.js';
export { toStatisticPdf } from './statistic-pdf.js';
