import type { ImportReport, RefusedRow } from '@showroom/contract';
import type { RowOfNothing } from '@showroom/database';
import type { RowErrors } from './judge-row.js';
import { noLines } from './rows.js';
import type { JudgedRefusal } from './sheet.js';

const noRowWith = (id: number) => `There is no row with the id ${id}.`;

/** A row whose values were right, but for ids that no code or tag has. */
export function toRefusal({ row, line, missingCodeId, missingTagId, values }: RowOfNothing): RefusedRow {
  const errors: RowErrors = {};
  if (missingCodeId !== null) errors.mobile_operator_code = [noRowWith(missingCodeId)];
  if (missingTagId !== null) errors.tag = [noRowWith(missingTagId)];
  return { row, line, errors, values };
}

/** A refused row with what is wrong with its ids. */
export function withMissingIds(
  { codeId, tagId, ...refusal }: JudgedRefusal,
  codes: ReadonlySet<number>,
  tags: ReadonlySet<number>,
): RefusedRow {
  const errors = { ...refusal.errors };
  if (codeId !== null && !codes.has(codeId)) errors.mobile_operator_code = [noRowWith(codeId)];
  if (tagId !== null && !tags.has(tagId)) errors.tag = [noRowWith(tagId)];
  return { ...refusal, errors };
}

/** What a report lacks that an older version kept for an Idempotency-Key. */
const addedSince = { ...noLines(), normalized: 0, warned: 0, repeated_in_file: 0, already_known: 0, warnings: [] };
const unknownPlace = { line: 0, values: {} };

export const withoutGaps = (kept: ImportReport): ImportReport => ({
  ...addedSince,
  ...kept,
  errors: kept.errors.map((refusal) => ({ ...unknownPlace, ...refusal })),
});
