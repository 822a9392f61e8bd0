import { ensureFirstSuperuser, type FirstSuperuser } from '@showroom/api';
import { ConfigError, createLogger, runApp, versionOf } from '@showroom/app';
import {
  explainStartFault,
  migrateDatabase,
  openDatabase,
  tellUnfitPooler,
  warnOfUnknownTimezones,
} from '@showroom/database';
import { connectionsOfJobs, connectJobs } from '@showroom/jobs';
import { startTracing } from '@showroom/watch';
import { createServer } from './app.js';
import { parseConfig } from './config.js';

const jobSettings = { app: 'showroom server', connections: connectionsOfJobs.server };

runApp(async ({ onClose }) => {
  const { databaseUrl, mongodbUrl, host, port, settings, admin: first, logLevel, isTraced, ...rest } = parseConfig();
  const { steeringConnections, readTimeoutMs, ...options } = rest;
  const logger = createLogger('server', logLevel);
  const tracing = isTraced ? await startTracing('server', logger) : null;
  onClose(() => tracing?.close());

  const unfit = await tellUnfitPooler(databaseUrl, { name: 'showroom server' });
  if (unfit) throw new ConfigError(unfit);
  const tell = (line: string) => logger.warn(`the migration ${line}`);
  const applied = await migrateDatabase(databaseUrl, { tell });
  if (applied.length > 0) logger.info({ migrations: applied }, 'database migrated');
  const database = await openDatabase({
    url: databaseUrl,
    name: 'showroom server',
    steeringConnections,
    readTimeoutMs,
  });
  onClose(() => database.close());
  await warnOfUnknownTimezones(database, logger);
  const admin = await ensureFirstSuperuser(database, first, logger);
  const jobs = connectJobs({ databaseUrl, mongodbUrl, logger, ...jobSettings });
  onClose(() => jobs.close());

  const app = await createServer({ ...options, database, clock: jobs, jobs, logger, settings, tracing });
  onClose(() => app.close());
  const url = await app.listen({ host, port });
  logger.info({ version: versionOf(import.meta.url), url, jobs: jobs.backend }, 'the server listens');
  return {
    url,
    admin,
    lines: [
      `The server listens on ${url} (API at /api/v1/, Swagger UI at /swagger/, jobs at /jobs/).`,
      ...introduce(admin),
    ],
  };
}, explainStartFault);

const introduce = ({ username, password }: FirstSuperuser): string[] =>
  password === null ? [] : [`Sign in as ${username} with the password ${password}. It is shown this once.`];
