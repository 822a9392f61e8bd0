import { prepareDatabase } from '@showroom/database/prepare';
import { parsePrepareConfig } from './config.js';
import { runOnce } from './once.js';

/* Makes the role and the database of DATABASE_URL, and ends. Nothing else connects as PostgreSQL's superuser. */
await runOnce(async () => {
  const { superuserUrl, databaseUrl } = parsePrepareConfig();
  await prepareDatabase(superuserUrl, databaseUrl);
  return 'The role and the database of DATABASE_URL are ready.';
});
