import type { AuditAction, ErrorCode } from '@showroom/contract';
import type { Transaction } from '@showroom/database';
import { LRUCache } from 'lru-cache';
import type { Call, Deps } from '../context.js';

type Shown = Record<string, unknown>;

/** What became of a row: `old` alone was deleted, `new` alone created. Without secrets: as the row is presented. */
export interface Change {
  readonly row: number | string;
  readonly old?: object;
  readonly new?: object;
  /** What kind of row, when it is not the path's own. */
  readonly resource?: string;
  readonly action?: AuditAction;
}

/**
 * Records who does what, in the transaction that does it: both are there afterwards, or neither is. Of a change only
 * the fields are kept that differ; a change that changes nothing is none.
 */
export async function record(call: Call, transaction: Transaction, change: Change): Promise<void> {
  const { deps, caller, entrance, contract } = call;
  const values = change.old && change.new ? differing(change.old as Shown, change.new as Shown) : change;
  if (values === null) return;
  await deps.database.auditRows.insert(
    {
      action: change.action ?? actionOf(change),
      username: caller.username,
      userId: caller.id,
      tokenId: caller.tokenId,
      address: entrance.address,
      operation: contract.operationId,
      resource: change.resource ?? contract.path.split('/')[1],
      rowId: String(change.row),
      old: (values.old ?? null) as Shown | null,
      new: (values.new ?? null) as Shown | null,
    },
    transaction,
  );
  tell(call, change);
}

/** The word that the noun's rows are called by in every log, so that one search finds all about one of them. */
const words: Record<string, string> = { clients: 'client', mailing: 'mailing', messages: 'message' };

const toldNouns = new Set(['mailing', 'messages', 'sending']);

/** What is sent, to whom and by whom is worth a line; of the rest the audit tells. */
function tell({ caller, entrance, contract }: Call, { row }: Change): void {
  const noun = contract.path.split('/')[1]!;
  const fields = { operation: contract.operationId, user: caller.username, [words[noun] ?? 'row']: row };
  if (toldNouns.has(noun)) entrance.log.info(fields, 'changed');
  else entrance.log.debug(fields, 'changed');
}

const actionOf = (change: Change): AuditAction => {
  if (!change.old) return 'create';
  return change.new ? 'update' : 'delete';
};

function differing(before: Shown, after: Shown): { old: Shown; new: Shown } | null {
  const isOther = (field: string) => JSON.stringify(before[field]) !== JSON.stringify(after[field]);
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(isOther);
  const pick = (from: Shown) =>
    Object.fromEntries(fields.flatMap((field) => (field in from ? [[field, from[field]]] : [])));
  return fields.length === 0 ? null : { old: pick(before), new: pick(after) };
}

export interface Refusal {
  readonly username: string;
  /** Null when nobody has the name that was tried. */
  readonly userId: number | null;
  readonly address: string;
  readonly reason: ErrorCode;
  readonly tokenId?: number | null;
  readonly operation?: string;
  readonly resource?: string;
}

/** A program that is refused again and again writes one row a minute, not one a request. Sign-ins are throttled anyway. */
const told = new LRUCache<string, true>({ max: 10_000, ttl: 60_000 });

/** Whoever gives a token as a username has it refused, but not written down. */
const toRecordable = (username: string) => username.replace(/showroom_[\w-]+/g, 'showroom_…').slice(0, 150);

/** Records that somebody was refused. That it could not be recorded does not change the answer. */
export async function recordRefusal({ database, logger }: Deps, refusal: Refusal): Promise<void> {
  const { userId, address, reason, tokenId = null, operation = 'auth_login', resource = 'auth' } = refusal;
  const username = toRecordable(refusal.username);
  const isSignIn = reason === 'auth.failed' || reason === 'request.throttled';
  const name = JSON.stringify([username, userId, tokenId, address, operation, reason]);
  if (!isSignIn && told.has(name)) return;
  try {
    const row = { action: 'refuse', username, userId, tokenId, address, operation, resource, reason };
    await database.audit.create(row, { returning: false });
    told.set(name, true);
  } catch (error) {
    logger.error({ err: error, ...refusal, username }, 'a refusal was not recorded');
  }
}
