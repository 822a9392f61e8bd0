import { defaultsOf, parseEnvironment, variables } from '@showroom/app';
import { isTimezoneName, spellTimezone } from '@showroom/contract';
import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';

const cron = z.string().refine((text) => {
  try {
    return text.trim().split(/\s+/).length >= 5 && CronExpressionParser.parse(text) !== null;
  } catch {
    return false;
  }
}, 'expected a cron expression of five fields, like 0 6 * * *');

const timezone = z
  .string()
  .refine(isTimezoneName, 'expected an IANA time zone, like Europe/Moscow')
  .transform(spellTimezone);

const smtpUrl = z.string().regex(/^smtps?:\/\//, 'expected smtp://user:password@host:587 or smtps://…');
const address = z.email('expected addresses of mailboxes, like ops@example.com,boss@example.com');
const addresses = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(address));
const days = variables.number(1, 36_500);

const Environment = z
  .object({
    DATABASE_URL: variables.postgresUrl,
    MONGODB_URL: variables.mongodbUrl.optional(),
    PROVIDER_URL: variables.httpUrl,
    PROVIDER_TOKEN: variables.token.optional(),
    PROVIDER_TIMEOUT_MS: variables.number(1, 600_000).default(10_000),
    PROVIDER_IDEMPOTENT: variables.boolean.default(true),
    PROVIDER_PIPELINING: variables.number(1, 128).default(1),
    SEND_CONCURRENCY: variables.number(1, 10_000).default(128),
    SEND_PER_SECOND: variables.number(1, 1_000_000).optional(),
    DRAIN_SECONDS: variables.number(0, 3_600).optional(),
    JOBS_KEEP: variables.number(0, 100_000).default(1_000),
    JOBS_KEEP_HOURS: variables.number(1, 8_760).default(24),
    KEEP_MESSAGES_DAYS: days.optional(),
    KEEP_ATTEMPTS_DAYS: days.optional(),
    KEEP_AUDIT_DAYS: days.optional(),
    SMTP_URL: smtpUrl.optional(),
    REPORT_TO: addresses.optional(),
    REPORT_FROM: address.default('showroom@localhost.localdomain'),
    REPORT_CRON: cron.default('0 6 * * *'),
    REPORT_TIMEZONE: timezone.default('UTC'),
    WATCH_HOST: z.string().default('127.0.0.1'),
    WATCH_PORT: variables.port.optional(),
    METRICS_ACCESS: variables.metricsAccess.default('local'),
    METRICS_TOKEN: variables.token.optional(),
    OTEL_EXPORTER_OTLP_ENDPOINT: variables.httpUrl.optional(),
    LOG_LEVEL: variables.logLevel.default('info'),
  })
  .superRefine(({ SMTP_URL, REPORT_TO }, { addIssue }) => {
    const refuse = (path: string, other: string) =>
      addIssue({ code: 'custom', path: [path], message: `it goes with ${other}, which is not set` });
    if (SMTP_URL && !REPORT_TO) refuse('SMTP_URL', 'REPORT_TO');
    if (REPORT_TO && !SMTP_URL) refuse('REPORT_TO', 'SMTP_URL');
  });

/** The variables that the worker reads, with their defaults. */
export const variableDefaults = defaultsOf(Environment.shape);

/** Requests in flight at a shutdown have this long, beyond the provider's own time-out, to be written down. */
const settleMs = 2_000;
const hourMs = 3_600_000;

/** The worker's settings. Throws a ConfigError with a sentence for each wrong variable. */
export function parseConfig(environment: NodeJS.ProcessEnv = process.env) {
  const read = parseEnvironment(Environment, environment);
  return {
    databaseUrl: read.DATABASE_URL,
    mongodbUrl: read.MONGODB_URL,
    provider: {
      url: read.PROVIDER_URL,
      token: read.PROVIDER_TOKEN,
      idempotent: read.PROVIDER_IDEMPOTENT,
      pipelining: read.PROVIDER_PIPELINING,
    },
    timeoutMs: read.PROVIDER_TIMEOUT_MS,
    concurrency: read.SEND_CONCURRENCY,
    perSecond: read.SEND_PER_SECOND ?? null,
    drainMs: read.DRAIN_SECONDS === undefined ? read.PROVIDER_TIMEOUT_MS + settleMs : read.DRAIN_SECONDS * 1_000,
    keptJobs: { atMost: read.JOBS_KEEP, forMs: read.JOBS_KEEP_HOURS * hourMs },
    retention: {
      messagesDays: read.KEEP_MESSAGES_DAYS ?? null,
      eventsDays: read.KEEP_ATTEMPTS_DAYS ?? null,
      auditDays: read.KEEP_AUDIT_DAYS ?? null,
    },
    report:
      read.SMTP_URL && read.REPORT_TO
        ? {
            smtpUrl: read.SMTP_URL,
            to: read.REPORT_TO,
            from: read.REPORT_FROM,
            cron: read.REPORT_CRON,
            timezone: read.REPORT_TIMEZONE,
          }
        : null,
    watch: read.WATCH_PORT === undefined ? null : { host: read.WATCH_HOST, port: read.WATCH_PORT },
    metricsAccess: { from: read.METRICS_ACCESS, token: read.METRICS_TOKEN },
    isTraced: read.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    logLevel: read.LOG_LEVEL,
  };
}
