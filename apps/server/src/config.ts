import { isIP } from 'node:net';
import { defaultSettings, isUsername, normalizeUsername } from '@showroom/api';
import { defaultsOf, parseEnvironment, variables } from '@showroom/app';
import { z } from 'zod';

const list = z.string().transform((text) => text.split(',').map((part) => part.trim()));
const origin = z
  .string()
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'expected origins like https://app.example.com',
  );
const address = z.string().refine(isNetwork, 'expected the addresses of proxies, like 10.0.0.0/8 or ::1');

const megabyte = 1024 * 1024;

const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: variables.port.default(8005),
  DATABASE_URL: variables.postgresUrl,
  MONGODB_URL: variables.mongodbUrl.optional(),
  ADMIN_USERNAME: z
    .string()
    .transform(normalizeUsername)
    .refine(isUsername, 'expected at most 150 letters, digits and @ . + - _, and not only dots')
    .default('admin'),
  ADMIN_PASSWORD: z.string().max(128).optional(),
  LOG_LEVEL: variables.logLevel.default('info'),
  PASSWORD_MIN_LENGTH: variables.number(1, 128).default(defaultSettings.passwordMinLength),
  WRONG_PASSWORDS: variables.number(1, 100_000).default(defaultSettings.wrongPasswords),
  SESSION_MINUTES: variables.number(1, 525_600).default(defaultSettings.sessionMs / 60_000),
  TOKEN_CALLS_PER_MINUTE: variables.number(1, 1_000_000_000).default(defaultSettings.tokenCallsPerMinute),
  IMPORT_MAX_MB: variables.number(1, 100_000).default(defaultSettings.importMaxBytes / megabyte),
  LIVE_STREAMS_PER_USER: variables.number(1, 100_000).default(defaultSettings.liveStreamsPerUser),
  LIVE_STREAMS: variables.number(1, 100_000).default(defaultSettings.liveStreams),
  STEERING_CONNECTIONS: variables.number(1, 100).default(2),
  READ_TIMEOUT_MS: variables.number(100, 600_000).default(10_000),
  IMPORTS_AT_ONCE: variables.number(1, 1_000).default(defaultSettings.importsAtOnce),
  IMPORT_SPOOL_MB: variables.number(1, 10_000_000).default(defaultSettings.importSpoolBytes / megabyte),
  CORS_ORIGINS: list.pipe(z.array(origin)).default([]),
  METRICS_ACCESS: variables.metricsAccess.default('local'),
  METRICS_TOKEN: variables.token.optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: variables.httpUrl.optional(),
  TRUST_PROXY: list.pipe(z.array(address)).optional(),
});

const MigrateEnvironment = Environment.pick({ DATABASE_URL: true });
const PrepareEnvironment = MigrateEnvironment.extend({ DATABASE_SUPERUSER_URL: variables.postgresUrl });

/** The variables that each command reads, with their defaults. */
export const variableDefaults = {
  server: defaultsOf(Environment.shape),
  migrate: defaultsOf(MigrateEnvironment.shape),
  prepare: defaultsOf(PrepareEnvironment.shape),
};

/** What it takes to migrate. Throws a ConfigError with a sentence for each wrong variable. */
export function parseMigrateConfig(environment: NodeJS.ProcessEnv = process.env) {
  return { databaseUrl: parseEnvironment(MigrateEnvironment, environment).DATABASE_URL };
}

/** What it takes to make the role and the database. Throws a ConfigError with a sentence for each wrong variable. */
export function parsePrepareConfig(environment: NodeJS.ProcessEnv = process.env) {
  const read = parseEnvironment(PrepareEnvironment, environment);
  return { databaseUrl: read.DATABASE_URL, superuserUrl: read.DATABASE_SUPERUSER_URL };
}

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
    trustProxy: read.TRUST_PROXY,
    corsOrigins: read.CORS_ORIGINS,
    metricsAccess: { from: read.METRICS_ACCESS, token: read.METRICS_TOKEN },
    isTraced: read.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined,
    steeringConnections: read.STEERING_CONNECTIONS,
    readTimeoutMs: read.READ_TIMEOUT_MS,
    settings: {
      passwordMinLength: read.PASSWORD_MIN_LENGTH,
      wrongPasswords: read.WRONG_PASSWORDS,
      sessionMs: read.SESSION_MINUTES * 60_000,
      tokenCallsPerMinute: read.TOKEN_CALLS_PER_MINUTE,
      importMaxBytes: read.IMPORT_MAX_MB * megabyte,
      liveStreamsPerUser: read.LIVE_STREAMS_PER_USER,
      liveStreams: read.LIVE_STREAMS,
      importsAtOnce: read.IMPORTS_AT_ONCE,
      importWaitMs: defaultSettings.importWaitMs,
      importSpoolBytes: read.IMPORT_SPOOL_MB * megabyte,
    },
  };
}

/** An address, or a range of them: `10.0.0.0/8`. */
function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
