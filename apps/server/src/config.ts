import { parseEnvironment, variables } from '@showroom/app';
import { z } from 'zod';

const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: variables.port.default(8005),
  DATABASE_URL: variables.postgresUrl,
  MONGODB_URL: variables.mongodbUrl.optional(),
  ADMIN_USERNAME: z.string().default('admin'),
  ADMIN_PASSWORD: z.string().max(128).optional(),
  LOG_LEVEL: variables.logLevel.default('info'),
});

/** The server's settings. Throws a ConfigError with a sentence for each wrong variable. */
export function parseConfig(environment: NodeJS.ProcessEnv = process.env) {
  const read = parseEnvironment(Environment, environment);
  return {
    host: read.HOST,
    port: read.PORT,
    databaseUrl: read.DATABASE_URL,
    mongodbUrl: read.MONGODB_URL,
    admin: { username: read.ADMIN_USERNAME, password: read.ADMIN_PASSWORD },
    logLevel: read.LOG_LEVEL,
  };
}
