import type { Provider } from '@showroom/contract';
import type { Deps } from '../context.js';

/** Every provider that a worker of this database has sent to, as all workers see it. */
export const listProviders = ({ database }: Deps): Promise<Provider[]> =>
  database.sql<Provider>(
    `SELECT name, state, fault, detail, opened_at, probe_at, times_opened, per_second FROM providers ORDER BY name`,
  );
