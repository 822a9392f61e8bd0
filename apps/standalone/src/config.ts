import path from 'node:path';
import { defaultsOf, parseEnvironment, variables } from '@showroom/app';
import { z } from 'zod';

const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: variables.port.default(8005),
  DATA_DIR: z.string().default('./.showroom'),
  DATABASE_URL: variables.postgresUrl.optional(),
  PROVIDER_URL: variables.httpUrl.optional(),
  PROVIDER_TOKEN: variables.token.optional(),
  PROBE_PORT: variables.port.default(8006),
  LOG_LEVEL: variables.logLevel.default('warn'),
  npm_lifecycle_event: z.string().optional(),
});

/** The variables that standalone reads, with their defaults. What the apps read, it hands on to them. */
export const variableDefaults = defaultsOf(Environment.omit({ npm_lifecycle_event: true }).shape);

export interface StandaloneConfig {
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** Absolute. */
  dataDir: string;
  /** Left out, PostgreSQL runs in the data folder. */
  databaseUrl: string | undefined;
  /** Left out, messages go to the built-in probe. */
  providerUrl: string | undefined;
  /** Left out, the probe gets one made up at each start; a provider of your own is asked without any. */
  providerToken: string | undefined;
  /** 0 takes a free one. */
  probePort: number;
  /** pino's; the apps', and how much of PostgreSQL's log is shown. */
  logLevel: string;
  isRunByNpm: boolean;
  /** Everything that was set, for the apps to read what is theirs (MONGODB_URL, ADMIN_USERNAME, …). */
  environment: NodeJS.ProcessEnv;
}

/**
 * Reads the settings. An empty variable counts as unset.
 *
 * @throws ConfigError with a sentence per wrong variable.
 * @example parseConfig({ PORT: '9000' }).port; // 9000
 */
export function parseConfig(env: NodeJS.ProcessEnv = process.env): StandaloneConfig {
  const environment = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const data = parseEnvironment(Environment, environment);
  return {
    host: data.HOST,
    port: data.PORT,
    dataDir: path.resolve(data.DATA_DIR),
    databaseUrl: data.DATABASE_URL,
    providerUrl: data.PROVIDER_URL,
    providerToken: data.PROVIDER_TOKEN,
    probePort: data.PROBE_PORT,
    logLevel: data.LOG_LEVEL,
    isRunByNpm: data.npm_lifecycle_event !== undefined,
    environment,
  };
}
