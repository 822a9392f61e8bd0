import { connectionsOfDispatch } from '@showroom/database';
import { type Backend, connectionsOfJobs } from '@showroom/jobs';

/** How many connections to PostgreSQL a worker takes at most. */
export const connectionsOfWorker = (jobs: Backend): number =>
  connectionsOfDispatch + (jobs === 'postgresql' ? connectionsOfJobs.worker : 0);
