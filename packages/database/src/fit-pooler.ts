import pg from 'pg';
import { connectMs, hotLimits } from './patience.js';

interface Needs {
  /** What the connections are called in `pg_stat_activity`. */
  name: string;
  /** Whether connections start with settings of their own, as a worker's do. */
  hasSettings?: boolean;
}

/** How often is looked: where others use the pooler, too, one look may miss. */
const looks = 3;

/**
 * Looks at whether a pooler between us and PostgreSQL gives each connection a session of its own. Advisory locks, LISTEN,
 * prepared statements and settings belong to a session; in transaction mode they would come and go, or stay for ever.
 *
 * @returns a sentence that names the pooler and the way out; undefined where all is well
 * @throws Error when PostgreSQL cannot be reached
 * @example const unfit = await tellUnfitPooler(config.databaseUrl, { name: 'showroom server' });
 */
export async function tellUnfitPooler(url: string, needs: Needs): Promise<string | undefined> {
  const clients = [createClient(url, needs), createClient(url, needs)] as const;
  try {
    for (const client of clients) await client.connect();
    if (await shareSessions(clients)) return toSentence(url, sharing, 'use a pool with pool_mode = session');
    return undefined;
  } catch (error) {
    const { message } = error as Error;
    if (!/unsupported startup parameter/.test(message)) throw error;
    return toSentence(url, `refuses settings (${message})`, 'let PgBouncer have ignore_startup_parameters = options');
  } finally {
    await Promise.all(clients.map((client) => client.end().catch(() => {})));
  }
}

const sharing =
  'gives the statements of a connection to different sessions (transaction pooling), and locks, LISTEN and settings need one session';

const toSentence = (url: string, fault: string, wayOut: string) =>
  `The pooler at ${new URL(url).host}, which DATABASE_URL names, ${fault}. Name PostgreSQL itself, or ${wayOut}.`;

function createClient(url: string, { name, hasSettings = false }: Needs): pg.Client {
  const client = new pg.Client({
    connectionString: url,
    application_name: `${name}, start`,
    connectionTimeoutMillis: connectMs,
    query_timeout: connectMs,
    ...(hasSettings && { options: hotLimits.options }),
  });
  client.on('error', () => {}); // the statement that needs it fails
  return client;
}

/** A session is one process of PostgreSQL: two connections never have the same one, and one never changes it. */
async function shareSessions([one, other]: readonly [pg.Client, pg.Client]): Promise<boolean> {
  const sessionOf = async (client: pg.Client) =>
    (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]!.pid;
  const first = await sessionOf(one);
  for (let look = 0; look < looks; look++) {
    // One twice in a row: a pooler that deals its sessions out by turns could give each of two the same one for ever.
    if ((await sessionOf(one)) !== first || (await sessionOf(other)) === first || (await sessionOf(one)) !== first)
      return true;
  }
  return false;
}
