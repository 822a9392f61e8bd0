import type { MockProvider } from './mock-provider.js';

/** A database that nobody else uses. */
export interface OwnStore {
  readonly url: string;
  drop(): Promise<void>;
}

/** What every contender finds: a provider, PostgreSQL with as many clients as messages are to be sent, and job stores. */
export interface World {
  readonly provider: MockProvider;
  /** The URL of a database of the contender's own, migrated for the product and filled with the clients. */
  createDatabase(): Promise<OwnStore>;
  readonly postgresPid: number;
  readonly hasMongo: boolean;
  /** An empty database in MongoDB. */
  createJobStore(): Promise<OwnStore>;
  readonly redis: { readonly port: number; readonly pid: number } | null;
  /** How many messages are to be sent. */
  readonly messages: number;
  /** How many requests are in flight at once, by all processes together. */
  readonly inFlight: number;
  /** Requests in a row on one connection before the first is answered. */
  readonly pipelining: number;
}

/** One run: ready, with nothing sent yet. */
interface Run {
  /** The processes of node that do the work. */
  readonly pids: readonly number[];
  /** Begins; resolves when that is under way. */
  go(): Promise<void>;
  /** Whether it has recorded all outcomes. */
  isOver(): Promise<boolean>;
  close(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  /** Slow ones send fewer messages, so that a round ends; figures are a message's. */
  readonly share: number;
  /** A sentence that says why it cannot run here; null when it can. */
  lacks(world: World): string | null;
  prepare(world: World): Promise<Run>;
}
