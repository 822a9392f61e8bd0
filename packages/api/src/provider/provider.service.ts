import type { Provider } from '@showroom/contract';
import { readWorkerFaults } from '@showroom/database';
import type { Deps } from '../context.js';

/** Every provider that a worker of this database has sent to, as all workers see it. */
export async function listProviders({ database }: Deps): Promise<Provider[]> {
  const providers = await database.sql<Omit<Provider, 'workers'>>(
    `SELECT name, state, fault, detail, opened_at, probe_at, times_opened, per_second FROM providers ORDER BY name`,
  );
  const faults = await readWorkerFaults(database);
  const ofProvider = (wanted: string) => faults.filter(({ provider }) => provider === wanted);
  return providers.map((provider) => ({
    ...provider,
    workers: ofProvider(provider.name).map(({ name, fault, since }) => ({ name, fault, since })),
  }));
}
