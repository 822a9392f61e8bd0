import pg from 'pg';
import { exactParsers } from '../parsers.js';
import { dropIdleWithSilent, hotLimits, longStatementMs } from '../patience.js';
import { type Lookout, lookAfter } from './lookout.js';
import { Turns } from './turns.js';

/**
 * How many connections a worker shares for all that it writes and asks. Two of them may be busy for long (starts, ends,
 * removals, reports), and one is always there for sending, which has all of them most of the time.
 */
const shared = 3;
const atLengthMost = shared - 1;

/** How many connections to PostgreSQL a worker has at most, without those for its jobs: the session and the shared ones. */
export const connectionsOfDispatch = 1 + shared;

/** How long something long waits for its turn. */
const queueMs = 30_000;

/** Lends connections, or asks on one. A pool is such a lender. */
export interface Lender {
  connect(): Promise<pg.PoolClient>;
  query<Row extends pg.QueryResultRow>(
    statement: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<pg.QueryResult<Row>>;
}

export interface Connections {
  /** For statements of milliseconds. */
  readonly hot: pg.Pool;
  /** For what may take long. */
  readonly atLength: Lender;
  close(): Promise<void>;
}

/** The connections of a worker beside its session. */
export function openConnections(url: string, onError: (error: Error) => void): Connections {
  const pool = new pg.Pool({
    connectionString: url,
    types: exactParsers,
    ...hotLimits,
    max: shared,
    application_name: 'showroom worker',
  });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', () => {})); // while it is lent, the pool does not listen
  dropIdleWithSilent(pool);
  const lookout = lookAfter((text, values) => pool.query(text, values));
  return {
    hot: pool,
    atLength: lendAtLength(pool, lookout),
    close: async () => {
      lookout.stop();
      await pool.end();
    },
  };
}

function lendAtLength(pool: pg.Pool, lookout: Lookout): Lender {
  const turns = new Turns(atLengthMost, queueMs);

  async function connect(): Promise<pg.PoolClient> {
    const giveTurn = await turns.take();
    try {
      const client = await pool.connect();
      const endLoan = await lift(client);
      const ended = lookout.began(client);
      const { release } = client;
      client.release = (broken) => {
        client.release = release;
        ended();
        void endLoan(broken).then((spoilt) => {
          client.release(spoilt);
          giveTurn();
        });
      };
      return client;
    } catch (error) {
      giveTurn();
      throw error;
    }
  }

  return {
    connect,
    query: async <Row extends pg.QueryResultRow>(statement: string | pg.QueryConfig, values?: unknown[]) => {
      const client = await connect();
      let broken: Error | undefined;
      try {
        return await client.query<Row>(statement, values);
      } catch (error) {
        broken = error as Error;
        throw error;
      } finally {
        client.release(broken);
      }
    },
  };
}

/** What pg's client knows of its time-out, and does not declare. */
type Timed = pg.PoolClient & { readonly connectionParameters: { query_timeout: number } };

/** Lifts the time limits of a connection; gives what sets them again, and tells whether that failed. */
async function lift(client: pg.PoolClient) {
  const { connectionParameters } = client as Timed;
  const limit = connectionParameters.query_timeout;
  try {
    await client.query('SET statement_timeout = 0');
  } catch (error) {
    client.release(error as Error);
    throw error;
  }
  connectionParameters.query_timeout = longStatementMs;
  return async (broken?: Error | boolean): Promise<Error | boolean | undefined> => {
    connectionParameters.query_timeout = limit;
    if (broken) return broken;
    return client.query('RESET statement_timeout').then(
      () => undefined,
      (error: Error) => error,
    );
  };
}
