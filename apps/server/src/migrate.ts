import { migrateDatabase } from '@showroom/database';
import { parseMigrateConfig } from './config.js';
import { runOnce } from './once.js';

/* Brings the database to the newest schema and ends: for those who want this done before the first server starts. */
await runOnce(async () => {
  const applied = await migrateDatabase(parseMigrateConfig().databaseUrl);
  return applied.length > 0 ? `Migrated: ${applied.join(', ')}.` : 'There was nothing to migrate.';
});
