import type { Catalog, JobCount } from './catalog.js';
import { withDeadline } from './deadline.js';

/** How the job store does, for whoever watches over the service. */
export interface Health {
  /** Resolves when the store answers. @throws Error that says why it does not */
  ping(): Promise<void>;
  /** How many jobs there are, and for how many milliseconds the one that is due longest has been waiting. */
  stand(): Promise<{ counts: JobCount[]; lagMs: number }>;
}

interface HealthDeps {
  catalog: Catalog;
  storeName: string;
  callTimeoutMs: number;
}

export function createHealth({ catalog, storeName, callTimeoutMs }: HealthDeps): Health {
  const ask = <T>(work: () => Promise<T>) =>
    withDeadline(callTimeoutMs, work, (reason) => `the job store (${storeName}) does not answer: ${reason}`);
  return {
    ping: () => ask(() => catalog.ping()),
    stand: () => ask(async () => ({ counts: await catalog.count(), lagMs: await catalog.lagMs() })),
  };
}
