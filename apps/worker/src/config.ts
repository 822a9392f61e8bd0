import { parseEnvironment, variables } from '@showroom/app';
import { z } from 'zod';

const Environment = z.object({
  DATABASE_URL: variables.postgresUrl,
  MONGODB_URL: variables.mongodbUrl.optional(),
  PROVIDER_URL: variables.httpUrl,
  PROVIDER_TOKEN: variables.token.optional(),
  PROVIDER_TIMEOUT_MS: variables.number(1, 600_000).default(10_000),
  PROVIDER_IDEMPOTENT: variables.boolean.default(true),
  PROVIDER_PIPELINING: variables.number(1, 128).default(1),
  SEND_CONCURRENCY: variables.number(1, 10_000).default(128),
  SEND_PER_SECOND: variables.number(1, 1_000_000).optional(),
  LOG_LEVEL: variables.logLevel.default('info'),
});

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
    logLevel: read.LOG_LEVEL,
  };
}
