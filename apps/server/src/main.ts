import { ensureFirstSuperuser, type FirstSuperuser } from '@showroom/api';
import { createLogger, runApp } from '@showroom/app';
import { migrateDatabase, openDatabase } from '@showroom/database';
import { openJobs } from '@showroom/jobs';
import { createServer } from './app.js';
import { parseConfig } from './config.js';

runApp(async ({ onClose }) => {
  const { databaseUrl, mongodbUrl, host, port, trustProxy, corsOrigins, settings, ...config } = parseConfig();
  const logger = createLogger('server', config.logLevel);

  const applied = await migrateDatabase(databaseUrl);
  if (applied.length > 0) logger.info({ migrations: applied }, 'database migrated');
  const database = await openDatabase({ url: databaseUrl });
  onClose(() => database.close());
  const admin = await ensureFirstSuperuser(database, config.admin);
  const jobs = await openJobs({ databaseUrl, mongodbUrl, logger });
  onClose(() => jobs.close());

  const app = await createServer({ database, clock: jobs, logger, settings, trustProxy, corsOrigins });
  onClose(() => app.close());
  const url = await app.listen({ host, port });
  logger.info({ url, jobs: jobs.backend }, 'the server listens');
  return {
    url,
    admin,
    lines: [`The server listens on ${url} (API at /api/v1/, Swagger UI at /swagger/).`, ...introduce(admin)],
  };
});

const introduce = ({ username, password }: FirstSuperuser): string[] =>
  password === null ? [] : [`Sign in as ${username} with the password ${password}. It is shown this once.`];
