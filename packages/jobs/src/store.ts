import type { BaseNotificationChannel, JobRepository } from 'agenda';
import type { Catalog } from './catalog.js';
import type { JobsLogger } from './logger.js';
import { openMongoStore } from './mongo-store.js';
import { openPostgresStore } from './postgres-store.js';
import { storeHost } from './store-host.js';

export type Backend = 'mongodb' | 'postgresql';

/** Where Agenda keeps its jobs: one of its two official backends, opened and closed by us. */
export interface Store {
  readonly backend: Backend;
  readonly repository: JobRepository;
  readonly catalog: Catalog;
  /** Tells workers at once of a new job; without one they find it by polling. */
  readonly channel: BaseNotificationChannel | undefined;
  /** Makes the tables or collections and their indexes if they are missing; may run in many processes at once. */
  prepare(): Promise<void>;
  /** Whether a save failed because the same job is there already. */
  isDuplicate(error: unknown): boolean;
  close(): Promise<void>;
}

export interface StoreOptions {
  databaseUrl: string;
  mongodbUrl?: string;
  logger: JobsLogger;
  /** What the connections are called in the store. */
  name: string;
  /** How long a connection may take; a query may take twice as long. */
  timeoutMs: number;
  /** How many connections to PostgreSQL at most, when it keeps the jobs. */
  connections: number;
}

/** `MongoDB at 10.0.0.5:27017`: how messages name the store. Never has the user or the password. */
export function storeName({ databaseUrl, mongodbUrl }: Pick<StoreOptions, 'databaseUrl' | 'mongodbUrl'>): string {
  return mongodbUrl ? `MongoDB at ${storeHost(mongodbUrl)}` : `PostgreSQL at ${storeHost(databaseUrl)}`;
}

/** Opens the store: MongoDB when a URL for it is given, else PostgreSQL. Fails within seconds if it cannot be reached. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { mongodbUrl, databaseUrl } = options;
  try {
    return mongodbUrl
      ? await openMongoStore({ ...options, url: mongodbUrl })
      : await openPostgresStore({ ...options, url: databaseUrl });
  } catch (cause) {
    throw new Error(`The job store (${storeName(options)}) cannot be opened: ${toReason(cause)}`, { cause });
  }
}

/** Node gives an error without a message when it tried several addresses of one host. */
function toReason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(toReason).join(', ');
  return error instanceof Error ? error.message : String(error);
}
