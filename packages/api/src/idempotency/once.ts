import { createHash } from 'node:crypto';
import type { Database, Transaction } from '@showroom/database';
import type { SuperJSONResult } from 'superjson';
import type { Call } from '../context.js';
import { ApiError } from '../errors.js';
import { answers } from './answers.js';

/** How long a key counts. */
const keptFor = `interval '24 hours'`;
/** Visible ASCII: what a header carries without a doubt. */
const keyPattern = /^[\x21-\x7e]{1,255}$/;
const largestSweep = 100;

/** A key that came along with a call, and what it came with. */
export interface CallKey {
  readonly key: string;
  readonly inputHash: string;
}

/** Somebody else used the key meanwhile, and is done: the transaction that meets them creates nothing. */
class KeyTakenError extends Error {}

/**
 * Creates something once, however often the call comes: who sends the same `Idempotency-Key` and the same input within 24
 * hours is answered what was answered the first time, whatever has become of the row since.
 *
 * The key is written by `keepAnswer`, in the transaction that creates the row: both are there afterwards, or neither is.
 * Of two at the same time, the second waits at the key's primary key until the first has committed.
 *
 * @throws ApiError request.key_reused for another input; request.invalid for a key that is none
 * @example onceByKey(call, input, (keyed) => createClient(keyed, input))
 */
export async function onceByKey<Answer>(
  call: Call,
  input: object,
  create: (call: Call) => Promise<Answer>,
): Promise<Answer> {
  const { idempotencyKey: key } = call.entrance;
  if (key === null) return create(call);
  if (!keyPattern.test(key)) {
    throw new ApiError('request.invalid', 'The Idempotency-Key must be 1 to 255 visible ASCII characters.');
  }
  const callKey = { key, inputHash: createHash('sha256').update(JSON.stringify(input)).digest('base64') };
  const known = await findAnswer<Answer>(call, callKey);
  if (known) return known.answer;
  try {
    return await create({ ...call, callKey });
  } catch (error) {
    const kept = error instanceof KeyTakenError ? await findAnswer<Answer>(call, callKey) : null;
    if (!kept) throw error;
    return kept.answer;
  }
}

async function findAnswer<Answer>({ deps, caller, contract }: Call, { key, inputHash }: CallKey) {
  const [kept] = await deps.database.sql<{ answer: SuperJSONResult; input_hash: string }>(
    `SELECT answer, input_hash FROM idempotency_keys
     WHERE user_id = $1 AND operation = $2 AND key = $3 AND created_at > clock_timestamp() - ${keptFor}`,
    [caller.id, contract.operationId, key],
  );
  if (!kept) return null;
  if (kept.input_hash !== inputHash) throw new ApiError('request.key_reused');
  return { answer: answers.deserialize<Answer>(kept.answer) };
}

/** Keeps what is answered to a call with a key, in the transaction that does what it asks. */
export async function keepAnswer(call: Call, transaction: Transaction, answer: object): Promise<void> {
  const { callKey, deps, caller, contract } = call;
  if (!callKey) return;
  await forgetOldKeys(deps.database, transaction);
  const { key, inputHash } = callKey;
  const values = [caller.id, contract.operationId, key, inputHash, JSON.stringify(answers.serialize(answer))];
  const kept = await deps.database.sql(
    `INSERT INTO idempotency_keys AS k (user_id, operation, key, input_hash, answer) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (user_id, operation, key) DO UPDATE
       SET input_hash = excluded.input_hash, answer = excluded.answer, created_at = excluded.created_at
       WHERE k.created_at <= clock_timestamp() - ${keptFor}
     RETURNING key`,
    values,
    transaction,
  );
  if (kept.length === 0) throw new KeyTakenError();
}

const forgetOldKeys = ({ sql }: Database, transaction: Transaction) =>
  sql(
    `DELETE FROM idempotency_keys WHERE (user_id, operation, key) IN (
       SELECT user_id, operation, key FROM idempotency_keys WHERE created_at <= clock_timestamp() - ${keptFor}
       ORDER BY created_at LIMIT ${largestSweep} FOR UPDATE SKIP LOCKED)`,
    [],
    transaction,
  );
