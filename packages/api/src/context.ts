import type { ProcedureContract } from '@showroom/contract';
import type { Database } from '@showroom/database';
import type { JobList, MailingClock } from '@showroom/jobs';
import type { Access } from './access/access.js';
import type { Origin } from './access/origin.js';
import type { WeighAnswer } from './answer-size.js';
import type { ImportLimits } from './clients/import/limits.js';
import type { ApiError } from './errors.js';
import type { CallKey } from './idempotency/once.js';
import type { Settings } from './settings.js';
import type { OpenInput } from './trpc-input.js';

type Log = (fields: object, message: string) => void;

/** What every service is given; built once by the app that serves the API. */
export interface Deps {
  readonly database: Database;
  /** Hints for the workers; PostgreSQL has the truth already when they are given. */
  readonly clock: Pick<MailingClock, 'startAt' | 'finishAt' | 'purge' | 'forget'>;
  readonly jobs: JobList;
  readonly logger: { info: Log; warn: Log; error: Log };
  readonly settings: Settings;
}

/** Who calls. */
export interface Caller {
  readonly id: number;
  readonly username: string;
  /** False for every token: a program may what it was given, whoever owns it. */
  readonly isSuperuser: boolean;
  readonly isStaff: boolean;
  /** The codenames of what they may do; superusers need none. */
  readonly permissions: ReadonlySet<string>;
  /** The token they called with, if it is a program. */
  readonly tokenId: number | null;
  /** The session they called in, if it is a browser. */
  readonly sessionId: number | null;
}

/** A file that is the body of a request, while it comes in. */
export interface UploadedFile {
  /** Its media type; one that the contract says is taken. */
  readonly type: string;
  /** The encoding that the request names, one that is known; null if it names none. */
  readonly charset: string | null;
  /** Fails when it is too large, or breaks off. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** How the request came in, and what is to go back with the answer. */
export interface Entrance {
  /** Scheme, host and port as the client named them, for the addresses of other pages. */
  readonly origin: string;
  /** The query as it was sent over REST, without its question mark; tRPC has none. */
  readonly query: string | null;
  /** The network address of the client. */
  readonly address: string;
  /** What the request is called in logs. */
  readonly requestId: string;
  /** Its place in a trace, as the header `traceparent` has it. */
  readonly traceParent: string | null;
  /** Lines about this request; each carries its id. */
  readonly log: Pick<Deps['logger'], 'info'> & { debug: Log };
  /** Where a browser says that the request comes from. */
  readonly cameFrom: Origin;
  /** The secret in the session's cookie, if one came along. */
  readonly session: string | null;
  /** Aborts when the caller hangs up before the answer. */
  gone(): AbortSignal;
  /** What the header Idempotency-Key says; null when it is not there. */
  readonly idempotencyKey: string | null;
  /** What came along over REST, where the contract takes one. */
  readonly file?: UploadedFile;
  /** Gives the browser the cookie of a session, or takes it away. */
  setSession(secret: string | null): void;
}

export interface Context {
  readonly deps: Deps;
  readonly access: Access;
  readonly imports: ImportLimits;
  /** Who calls, or why we do not know. */
  readonly caller: Caller | ApiError;
  /** Who calls by now: a body may have taken its time to come in, and rights may have been taken away meanwhile. */
  identifyAgain(): Promise<Caller | ApiError>;
  readonly entrance: Entrance;
  /** Restores what an input over tRPC carries beside JSON. */
  readonly openInput: OpenInput;
  /** Refuses what is too long to be written in one piece; REST writes in slices, and refuses nothing. */
  readonly weighAnswer: WeighAnswer;
}

/** A procedure being called by somebody who was let in. */
export interface Call extends Context {
  readonly caller: Caller;
  readonly contract: ProcedureContract;
  /** The Idempotency-Key it came with, once it is clear that it is new. */
  readonly callKey?: CallKey;
}
