import { ConfigError } from '@showroom/app';
import { migrateDatabase, tellUnfitPooler } from '@showroom/database';
import { parseMigrateConfig } from './config.js';
import { runOnce } from './once.js';

/* Brings the database to the newest schema and ends: for those who want this done before the first server starts. */
await runOnce(async () => {
  const { databaseUrl } = parseMigrateConfig();
  const unfit = await tellUnfitPooler(databaseUrl, { name: 'showroom migrate' });
  if (unfit) throw new ConfigError(unfit);
  const applied = await migrateDatabase(databaseUrl, {
    tell: (line) => process.stderr.write(`The migration ${line}.\n`),
  });
  return applied.length > 0 ? `Migrated: ${applied.join(', ')}.` : 'There was nothing to migrate.';
});
