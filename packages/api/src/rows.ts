import { type ErrorCode, issue } from '@showroom/contract';
import { brokenConstraint } from '@showroom/database';
import { ApiError, RefusedValues } from './errors.js';

/** The row, or the error that says there is none. */
export async function found<Row>(row: Promise<Row | null>, error: ErrorCode): Promise<Row> {
  const result = await row;
  if (!result) throw new ApiError(error);
  return result;
}

/** Runs a write; when it breaks the named unique constraint, the field's value is refused as taken. */
export async function unlessTaken<T>(write: Promise<T>, constraint: string, field: string, what: string): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (brokenConstraint(error) !== constraint) throw error;
    throw new RefusedValues([issue('taken', [field], `There is a ${what} with this ${field}.`, { what })]);
  }
}
