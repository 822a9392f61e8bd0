import type { Database } from '@showroom/database';
import type { MailingClock } from '@showroom/jobs';
import type { ApiError } from './errors.js';

type Log = (fields: object, message: string) => void;

/** What every service is given; built once by the app that serves the API. */
export interface Deps {
  readonly database: Database;
  /** Hints for the workers; PostgreSQL has the truth already when they are given. */
  readonly clock: Pick<MailingClock, 'startAt' | 'finishAt' | 'purge' | 'forget'>;
  readonly logger: { info: Log; warn: Log; error: Log };
}

/** Who calls. */
export interface Caller {
  readonly id: number;
  readonly username: string;
  readonly isSuperuser: boolean;
  /** The codenames of what they may do; superusers need none. */
  readonly permissions: ReadonlySet<string>;
}

/** How the request came in, for the addresses of other pages. */
export interface Entrance {
  /** Scheme, host and port as the client named them. */
  readonly origin: string;
  /** The query as it was sent over REST; tRPC has none. */
  readonly query?: URLSearchParams;
}

export interface Context {
  readonly deps: Deps;
  /** Who calls, or why we do not know. */
  readonly caller: Caller | ApiError;
  readonly entrance: Entrance;
}
