import type { Transaction } from '@showroom/database';
import type { Call } from '../context.js';
import { keepAnswer } from '../idempotency/once.js';
import { record } from './record.js';

interface Identified {
  readonly id: number;
}

/** Inserts a row, and records it as it is shown; the answer is kept for who sends the same Idempotency-Key again. */
export const creating = <Row>(
  call: Call,
  show: (row: Row) => Identified,
  insert: (transaction: Transaction) => Promise<Row>,
): Promise<Row> =>
  call.deps.database.transaction(async (transaction) => {
    const row = await insert(transaction);
    const shown = show(row);
    await record(call, transaction, { row: shown.id, new: shown });
    await keepAnswer(call, transaction, shown);
    return row;
  });

/**
 * Finds a row and locks it, changes it, and records what is different.
 *
 * @example changing(call, toTag, findTag(deps, id), (tag, transaction) => tag.update(change, { transaction }))
 */
export const changing = <Row>(
  call: Call,
  show: (row: Row) => Identified,
  find: (transaction: Transaction) => Promise<Row>,
  change: (row: Row, transaction: Transaction) => Promise<Row>,
): Promise<Row> =>
  call.deps.database.transaction(async (transaction) => {
    const row = await find(transaction);
    const old = show(row);
    const changed = await change(row, transaction);
    await record(call, transaction, { row: old.id, old, new: show(changed) });
    return changed;
  });

/**
 * Finds a row and locks it, deletes it, and records what was deleted.
 *
 * @param follow does what else has to be done once the row is gone
 */
export const deleting = <Row extends { destroy(options: { transaction: Transaction }): Promise<void> }>(
  call: Call,
  show: (row: Row) => Identified,
  find: (transaction: Transaction) => Promise<Row>,
  follow: (transaction: Transaction) => Promise<void> = async () => {},
): Promise<void> =>
  call.deps.database.transaction(async (transaction) => {
    const row = await find(transaction);
    await row.destroy({ transaction });
    await follow(transaction);
    const old = show(row);
    await record(call, transaction, { row: old.id, old });
  });
