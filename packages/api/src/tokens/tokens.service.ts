import { type CreatedToken, type CustomIssue, issue, type NewToken, type Paging, type Token } from '@showroom/contract';
import { type Database, partOf, type Token as Row, type Transaction } from '@showroom/database';
import { refuseToGive } from '../access/delegation.js';
import { hashSecret, makeSecret } from '../access/secret.js';
import { creating } from '../audit/changing.js';
import { record } from '../audit/record.js';
import type { Call, Caller, Deps } from '../context.js';
import { ApiError, RefusedValues } from '../errors.js';
import { type PageOfRows, readPage } from '../page.js';
import { judgeRelated, type Related, withRelated, writeRelated } from '../related.js';
import { found, unlessRefused } from '../rows.js';
import { toToken } from './tokens.presenter.js';

type Ref = Pick<Token, 'id'>;
export type TokenRow = Related<Row, 'permissions'>;

/** So that a scanner for leaked secrets can tell what it has found. */
const prefix = 'showroom_';

const relationsOf = ({ tokenPermissions }: Database) => ({ permissions: tokenPermissions });

/** One's own; of others only with the permission, and where there is none they do not seem to be there. */
const withinReach = ({ id, isSuperuser, permissions }: Caller, codename: 'view_token' | 'delete_token') =>
  isSuperuser || permissions.has(codename) ? {} : { userId: id };

export function listTokens({ deps: { database }, caller }: Call, paging: Paging): Promise<PageOfRows<TokenRow>> {
  const where = withinReach(caller, 'view_token');
  return readPage(paging, {
    count: () => database.tokens.count({ where }),
    rows: async (part) => {
      const rows = await database.tokens.findAll({ ...partOf(part, where), include: [database.users] });
      return withRelated(relationsOf(database), rows);
    },
    idOf: ({ row }) => row.id,
  });
}

export async function readToken({ deps: { database }, caller }: Call, { id }: Ref): Promise<TokenRow> {
  return findToken(database, { id, ...withinReach(caller, 'view_token') });
}

async function findToken(
  database: Database,
  where: { id: number; userId?: number },
  transaction?: Transaction,
): Promise<TokenRow> {
  const token = await found(
    database.tokens.findOne({ where, include: [database.users], transaction }),
    'token.not_found',
  );
  const [related] = await withRelated(relationsOf(database), [token], transaction);
  return related!;
}

/** What only the database can tell is wrong with a token: that a permission is none, that it has expired already. */
export async function judgeToken({ database }: Deps, token: Partial<NewToken>): Promise<CustomIssue[]> {
  return [...(await judgeExpiry(database, token)), ...(await judgeRelated(relationsOf(database), token))];
}

async function judgeExpiry({ sql }: Database, { expires_at }: Partial<NewToken>): Promise<CustomIssue[]> {
  if (!expires_at) return [];
  const [{ isOver } = { isOver: true }] = await sql<{ isOver: boolean }>(
    'SELECT $1::timestamptz <= clock_timestamp() AS "isOver"',
    [expires_at.toISOString()],
  );
  return isOver ? [issue('in_the_past', ['expires_at'], 'Must be in the future.')] : [];
}

/** The secret is in the answer, and nowhere else: what is kept is its hash. */
export async function createToken(call: Call, token: NewToken): Promise<CreatedToken> {
  const { deps, caller } = call;
  const { database } = deps;
  const { name, permissions, expires_at: expiresAt = null } = token;
  if ((await judgeExpiry(database, token)).length > 0) throw new RefusedValues(await judgeToken(deps, token));
  const secret = `${prefix}${makeSecret()}`;
  const write = creating(call, toToken, async (transaction) => {
    await refuseToGive(call, { permissions }, transaction);
    await refuseWhoIsGone(call, transaction);
    const columns = { name, expiresAt, userId: caller.id, secretHash: hashSecret(secret) };
    const { id } = await database.tokens.create(columns, { transaction });
    const row = await database.tokens.findByPk(id, { include: [database.users], transaction });
    return writeRelated(relationsOf(database), row!, { permissions }, transaction);
  });
  return { ...toToken(await unlessRefused(write, () => judgeToken(deps, token))), token: secret };
}

/** Their account may have been deleted or switched off since they were let in. */
async function refuseWhoIsGone({ deps, caller }: Call, transaction: Transaction): Promise<void> {
  const owner = 'SELECT id FROM users WHERE id = $1 AND is_active FOR KEY SHARE';
  const rows = await deps.database.sql(owner, [caller.id], transaction);
  if (rows.length === 0) throw new ApiError('auth.required');
}

/** Gone at once, and with it whoever calls with it. */
export async function revokeToken(call: Call, { id }: Ref): Promise<void> {
  const { database } = call.deps;
  await database.transaction(async (transaction) => {
    const token = await findToken(database, { id, ...withinReach(call.caller, 'delete_token') }, transaction);
    await token.row.destroy({ transaction });
    await record(call, transaction, { row: id, old: toToken(token) });
  });
}
