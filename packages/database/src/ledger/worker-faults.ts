import type { Database } from '../database.js';
import { isLive } from '../dispatch-store/session.js';

/** A worker that stopped because of what a provider answered it. */
export interface WorkerFault {
  readonly provider: string;
  readonly name: string;
  readonly fault: 'provider' | 'credentials';
  readonly since: Date;
}

/** Of workers that live. */
export const readWorkerFaults = ({ sql }: Pick<Database, 'sql'>): Promise<WorkerFault[]> =>
  sql<WorkerFault>(
    `SELECT provider, worker AS name, fault, since FROM worker_faults f WHERE ${isLive('f.worker_id')} ORDER BY since, worker`,
  );
