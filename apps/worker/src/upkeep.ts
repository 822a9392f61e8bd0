import type { Logger } from '@showroom/app';
import { type Retention, type Statements, tidyLedger } from '@showroom/database';
import type { MailingJobs, Repeating } from '@showroom/jobs';
import { type Mailer, sendDailyReport } from '@showroom/report';

interface Upkeep {
  database: Statements;
  logger: Logger;
  retention: Retention;
  report: { cron: string; timezone: string; mailer: Mailer } | null;
}

/** What is kept for a day need not be removed to the minute. */
const tidyEveryMs = 3_600_000;

/** The jobs that have nothing to do with sending. What a worker is not set to do, it does not do for others either. */
export function createUpkeep({ database, logger, retention, report }: Upkeep): Pick<MailingJobs, 'tidy' | 'report'> {
  return {
    tidy: async (signal) => {
      const removed = await tidyLedger(database, retention, signal);
      if (Object.values(removed).some((count) => count > 0)) logger.info(removed, 'removed what was kept long enough');
    },
    report: async () => {
      if (!report) return logger.warn('there is a job to write a report, but SMTP_URL and REPORT_TO are not set here');
      const day = await sendDailyReport({ database, ...report });
      if (day !== null) logger.info({ day }, 'the report was sent');
    },
  };
}

/** What repeats. Tidying always does: what clients were before they changed is removed when no count needs it. */
export const toRepeating = ({
  report,
}: {
  report: Omit<NonNullable<Upkeep['report']>, 'mailer'> | null;
}): Repeating[] => [
  { name: 'ledger.tidy', everyMs: tidyEveryMs },
  ...(report ? [{ name: 'statistic.report', cron: report.cron, timezone: report.timezone } as const] : []),
];
