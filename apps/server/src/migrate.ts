import { ConfigError } from '@showroom/app';
import { migrateDatabase } from '@showroom/database';
import { parseMigrateConfig } from './config.js';

/* Brings the database to the newest schema and ends: for those who want this done before the first server starts. */
try {
  const applied = await migrateDatabase(parseMigrateConfig().databaseUrl);
  process.stdout.write(applied.length > 0 ? `Migrated: ${applied.join(', ')}.\n` : 'There was nothing to migrate.\n');
} catch (error) {
  const { message, stack } = error as Error;
  process.stderr.write(`${error instanceof ConfigError ? message : stack}\n`);
  process.exitCode = 1;
}
