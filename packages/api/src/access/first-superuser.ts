import { randomBytes } from 'node:crypto';
import { type Database, firstSuperuserLock, type Transaction } from '@showroom/database';
import type { Deps } from '../context.js';
import { toUser } from '../users/users.presenter.js';
import { hashPassword, isUsable } from './password.js';

export interface FirstSuperuser {
  /** A superuser who can sign in; the name that was asked for, where nobody can. */
  username: string;
  /** Only when it was made up just now: it cannot be shown again. */
  password: string | null;
}

interface Wanted {
  username: string;
  /** One is made up without it. */
  password?: string;
}

type Tables = Pick<Database, 'users' | 'auditRows' | 'sql' | 'transaction'>;

/**
 * Creates a superuser when no active one has a usable password, so that somebody can sign in. It never changes an account
 * that exists, and creates one account however many servers start at once. The audit names `server`, and the log warns.
 *
 * @example const admin = await ensureFirstSuperuser(database, { username: 'admin' }, logger);
 */
export const ensureFirstSuperuser = (
  database: Tables,
  wanted: Wanted,
  logger?: Pick<Deps['logger'], 'warn'>,
): Promise<FirstSuperuser> =>
  database.transaction(async (transaction) => {
    const { username } = wanted;
    await database.sql('SELECT pg_advisory_xact_lock($1)', [firstSuperuserLock], transaction);
    const usable = await findUsable(database, username, transaction);
    if (usable !== null) {
      if (wanted.password !== undefined && usable !== username) logger?.warn({ user: username }, notNeeded);
      return { username: usable, password: null };
    }
    if ((await database.users.count({ where: { username }, transaction })) > 0) {
      logger?.warn({ user: username }, nameTaken);
      return { username, password: null };
    }
    const password = wanted.password ?? randomBytes(15).toString('base64url');
    await createSuperuser(database, { username, password }, transaction);
    logger?.warn({ user: username }, created);
    return { username, password: wanted.password === undefined ? password : null };
  });

const notNeeded = 'ADMIN_PASSWORD was not used: an active superuser with another name has a usable password';
const nameTaken =
  'no active superuser has a usable password, and ADMIN_USERNAME belongs to an account that is not changed: set a free name';
const created = 'a superuser was created: no active superuser had a usable password';

/** The name of an active superuser with a usable password; `preferred`, if that is one of them. */
async function findUsable({ users }: Tables, preferred: string, transaction: Transaction): Promise<string | null> {
  const where = { isSuperuser: true, isActive: true };
  const superusers = await users.findAll({ attributes: ['username', 'password'], where, order: ['id'], transaction });
  superusers.sort((a, b) => Number(b.username === preferred) - Number(a.username === preferred));
  for (const { username, password } of superusers) if (await isUsable(password)) return username;
  return null;
}

/** No request has this operation, so no user of the name `server` can write such an entry. */
const operation = 'server_start';

async function createSuperuser(
  { users, auditRows }: Tables,
  { username, password }: Required<Wanted>,
  transaction: Transaction,
): Promise<void> {
  const columns = { username, password: await hashPassword(password), isSuperuser: true, isStaff: true };
  const row = await users.create(columns, { transaction });
  const shown = toUser({ row, ids: { groups: [], user_permissions: [] } });
  await auditRows.insert(
    {
      action: 'create',
      username: 'server',
      address: '',
      operation,
      resource: 'users',
      rowId: String(row.id),
      new: { ...shown },
    },
    transaction,
  );
}
