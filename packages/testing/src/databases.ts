import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** The names under which the test run's set-up tells the test files what it prepared. */
export const testEnvironment = {
  postgresUrl: 'SHOWROOM_TEST_POSTGRES_URL',
  template: 'SHOWROOM_TEST_TEMPLATE',
} as const;

export interface TestDatabase {
  readonly url: string;
  /** Runs one statement and gives its rows. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Drops the database, with whoever is still connected. */
  drop(): Promise<void>;
}

/** The PostgreSQL that the run's set-up started. */
export const testServer = (): string => requiredEnvironment(testEnvironment.postgresUrl);

/**
 * A database of the test file's own, on the real PostgreSQL that the run's set-up started: a clone of the
 * migrated template, or an empty one.
 *
 * @example
 * let database: TestDatabase;
 * before(async () => { database = await createTestDatabase(); });
 * after(() => database.drop());
 */
export async function createTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const server = testServer();
  const template = empty ? 'template0' : requiredEnvironment(testEnvironment.template);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
  const url = databaseUrl(server, name);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on('error', () => {}); // a test that drops connections on purpose drops this pool's too
  return {
    url,
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    drop: async () => {
      await pool.end();
      await withClient(server, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** The same server's URL with another database in it. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

/** Connects, works, and ends the connection. One that breaks meanwhile fails the statement that needs it. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // between two statements nobody else would hear it, and the process would end
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function requiredEnvironment(name: string): string {
  const value = process.env[name];
  if (!value)
    throw new Error(`${name} is not set: run the tests through the root's mocha, whose set-up starts PostgreSQL`);
  return value;
}
