import { defaultPoolSize } from '@showroom/database';
import { type Backend, connectionsOfJobs } from '@showroom/jobs';

/**
 * How many connections to PostgreSQL a server takes at most; what it migrates by is closed when it opens them.
 *
 * @param steering as `STEERING_CONNECTIONS` says
 */
export const connectionsOfServer = (steering: number, jobs: Backend): number =>
  defaultPoolSize + steering + (jobs === 'postgresql' ? connectionsOfJobs.server : 0);
