import { connectionsOfDispatch } from '@showroom/database';
import { type Backend, connectionsOfJobs } from '@showroom/jobs';

/** Reports, purges and health checks ask for little, one after the other. */
export const upkeepPool = { name: 'showroom worker, upkeep', poolSize: 2, steeringConnections: 0 };

/** How many connections to PostgreSQL a worker takes at most. */
export const connectionsOfWorker = (jobs: Backend): number =>
  upkeepPool.poolSize + connectionsOfDispatch + (jobs === 'postgresql' ? connectionsOfJobs : 0);
