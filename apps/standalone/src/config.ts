import path from 'node:path';
import { z } from 'zod';

const Port = z
  .string()
  .regex(/^\d{1,5}$/, 'expected a number from 0 to 65535')
  .transform(Number)
  .pipe(z.int().max(65_535, 'expected a number from 0 to 65535'));

const Environment = z
  .object({
    HOST: z.string().default('127.0.0.1'),
    PORT: Port.default(8005),
    DATA_DIR: z.string().default('./.showroom'),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'expected postgres://user:password@host:port/database')
      .optional(),
    PROVIDER_URL: z
      .string()
      .regex(/^https?:\/\//, 'expected http:// or https:// and an address')
      .optional(),
    PROVIDER_TOKEN: z.string().regex(/^\S+$/, 'expected a token without spaces').optional(),
    PROBE_PORT: Port.default(8006),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
    npm_lifecycle_event: z.string().optional(),
  })
  .refine(({ PROVIDER_URL, PROVIDER_TOKEN }) => !PROVIDER_URL || PROVIDER_TOKEN, {
    path: ['PROVIDER_TOKEN'],
    message: 'PROVIDER_URL is set, and that provider will ask for a token',
  });

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
  /** Left out, the probe gets one made up at each start. */
  providerToken: string | undefined;
  /** 0 takes a free one. */
  probePort: number;
  /** pino's; the apps', and how much of PostgreSQL's log is shown. */
  logLevel: string;
  isRunByNpm: boolean;
  /** Everything that was set, for the apps to read what is theirs (MONGODB_URL, ADMIN_USERNAME, …). */
  environment: NodeJS.ProcessEnv;
}

/** One line per wrong variable. */
export class ConfigError extends Error {}

/**
 * Reads the settings. An empty variable counts as unset.
 *
 * @throws ConfigError with a sentence per wrong variable.
 * @example parseConfig({ PORT: '9000' }).port; // 9000
 */
export function parseConfig(env: NodeJS.ProcessEnv = process.env): StandaloneConfig {
  const environment = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const { success, data, error } = Environment.safeParse(environment);
  if (!success) {
    throw new ConfigError(
      error.issues.map(({ path: [name], message }) => `${String(name)} is wrong: ${message}.`).join('\n'),
    );
  }
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
