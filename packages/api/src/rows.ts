import { type CustomIssue, type ErrorCode, issue } from '@showroom/contract';
import { brokenConstraint, type Transaction } from '@showroom/database';
import { ApiError, RefusedValues } from './errors.js';

/** The row, or the error that says there is none. */
export async function found<Row>(row: Promise<Row | null>, error: ErrorCode): Promise<Row> {
  const result = await row;
  if (!result) throw new ApiError(error);
  return result;
}

/** Options for finding a row that nobody else may change until the transaction ends. */
export const locked = (transaction: Transaction) => ({ transaction, lock: transaction.LOCK.UPDATE });

/** Runs a write; when it or a constraint refuses values, tells everything that is wrong with them. */
export async function unlessRefused<T>(write: Promise<T>, judge: () => Promise<CustomIssue[]>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const isRefused = brokenConstraint(error) !== null || error instanceof RefusedValues;
    const issues = isRefused ? await judge() : [];
    if (issues.length === 0) throw error;
    throw new RefusedValues(issues);
  }
}

/** That a unique field's value belongs to another row. */
export const taken = (field: string, what: string): CustomIssue =>
  issue('taken', [field], `There is a ${what} with this ${field}.`, { what, field });

/** That there is no row with the id a field names, if there is none. */
export async function missing(
  rows: { count(options: { where: { id: number } }): Promise<number> },
  field: string,
  id: number | undefined,
): Promise<CustomIssue[]> {
  if (id === undefined || (await rows.count({ where: { id } })) > 0) return [];
  return [issue('unknown_id', [field], `There is no row with the id ${id}.`, { id })];
}
