import pg from 'pg';
import { handOver } from './hand-over.js';
import { prepareLock } from './locks.js';

/** How long the change of an owner waits for those who use a table, before it fails. */
const lockTimeoutMs = 30_000;

/**
 * Makes the role and the database that `databaseUrl` names. The role owns the database and all that the superuser made
 * in it, and has no other rights. Running it again changes nothing, except that the password of the URL counts.
 * Each step is complete or undone, so a run that was killed is finished by the next one.
 *
 * @throws Error when the URL names no role, no password or no database, or when its role is the superuser itself.
 * @example await prepareDatabase('postgres://postgres:…@db/postgres', 'postgres://showroom:…@db/showroom');
 */
export async function prepareDatabase(superuserUrl: string, databaseUrl: string): Promise<void> {
  const { role, password, database } = readUrl(databaseUrl);
  await withClient(superuserUrl, async (client) => {
    const { rows } = await client.query<{ superuser: string }>('SELECT current_user AS superuser');
    if (rows[0]?.superuser === role) {
      throw new Error(`DATABASE_URL names ${role}, which is the superuser. Name another role: it will be created.`);
    }
    await client.query('SELECT pg_advisory_lock($1)', [prepareLock]);
    await prepareRole(client, role, password);
    await prepareOwner(client, role, database);
  });
  await withClient(within(superuserUrl, database), async (client) => {
    await client.query(`SET lock_timeout = ${lockTimeoutMs}`);
    await handOver(client, role);
  });
}

function readUrl(databaseUrl: string): { role: string; password: string; database: string } {
  const { username, password, pathname } = new URL(databaseUrl);
  const [role, secret, database] = [username, password, pathname.slice(1)].map(decodeURIComponent);
  if (!role || !secret || !database) {
    throw new Error(
      'DATABASE_URL must name a role, its password and a database: postgres://role:password@host/database',
    );
  }
  return { role, password: secret, database };
}

const within = (superuserUrl: string, database: string): string => {
  const url = new URL(superuserUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
};

async function prepareRole(client: pg.Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const name = pg.escapeIdentifier(role);
  if (!rowCount) await client.query(`CREATE ROLE ${name}`);
  await client.query(
    `ALTER ROLE ${name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
     PASSWORD ${pg.escapeLiteral(password)}`,
  );
}

async function prepareOwner(client: pg.Client, role: string, database: string): Promise<void> {
  const { rows } = await client.query<{ owner: string }>(
    'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1',
    [database],
  );
  const [name, owner] = [pg.escapeIdentifier(database), pg.escapeIdentifier(role)];
  if (rows.length === 0) await client.query(`CREATE DATABASE ${name} OWNER ${owner}`);
  else if (rows[0]?.owner !== role) await client.query(`ALTER DATABASE ${name} OWNER TO ${owner}`);
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  // The server must not write a password into its log, whatever its settings are.
  const options = '-c log_statement=none -c log_min_error_statement=panic -c log_min_duration_statement=-1';
  const client = new pg.Client({ connectionString: url, application_name: 'showroom prepare', options });
  // A connection that breaks between two statements says so here, and the next statement fails.
  client.on('error', () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
