import { withClient } from '@showroom/testing';
import { MongoClient } from 'mongodb';

export type Backend = 'mongodb' | 'postgresql' | 'both';

/** Where Agenda keeps the jobs of one scenario. */
export interface JobStore {
  readonly backend: Backend;
  readonly environment: Record<string, string>;
  /** Loses every job: on MongoDB with the whole database. */
  lose(): Promise<void>;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}

/** Jobs in a MongoDB database of the scenario's own, or beside the ledger when no MongoDB is named. */
export function openJobStore(mongodbUrl: string | undefined, database: { name: string; url: string }): JobStore {
  if (mongodbUrl) return openMongoStore(mongodbUrl, database.name);
  return {
    backend: 'postgresql',
    environment: {},
    lose: () => withClient(database.url, (client) => client.query('DELETE FROM agenda.agenda_jobs')).then(() => {}),
    close: async () => {},
  };
}

function openMongoStore(server: string, name: string): JobStore {
  const url = new URL(server);
  url.pathname = `/${name}`;
  const drop = async () => {
    const client = await MongoClient.connect(url.href);
    await client.db().dropDatabase();
    await client.close();
  };
  return { backend: 'mongodb', environment: { MONGODB_URL: url.href }, lose: drop, close: drop };
}
