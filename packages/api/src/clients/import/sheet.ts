import { type DoubtfulRow, longestValueTold, mostRowsTold, NewClient, type RefusedRow } from '@showroom/contract';
import { toImportLine } from '@showroom/database';
import { type JudgedRow, judgeRow } from './judge-row.js';
import type { GivenRow } from './rows.js';

/** The columns that a file must have. */
export const fields = Object.keys(NewClient.shape);

/** A refused row, with the ids that still have to be looked up. */
export type JudgedRefusal = RefusedRow & Pick<JudgedRow, 'codeId' | 'tagId'>;

/** What is known of a file's rows before the database has seen them. */
export type Sheet = ReturnType<typeof createSheet>;

/** Judges a file's rows and keeps count. Of refusals and warnings it keeps the first thousand. */
export function createSheet(encoding: string) {
  const counts = { rows: 0, refused: 0, normalized: 0, warned: 0 };
  const errors: JudgedRefusal[] = [];
  const warnings: DoubtfulRow[] = [];

  function refuse({ line, fields: given }: GivenRow, { errors: found, codeId, tagId }: JudgedRow): void {
    counts.refused += 1;
    if (errors.length >= mostRowsTold) return;
    errors.push({ row: counts.rows, line, errors: found, values: toValues(given), codeId, tagId });
  }

  function warn({ line, fields: given }: GivenRow, doubt: string): void {
    counts.warned += 1;
    if (warnings.length >= mostRowsTold) return;
    warnings.push({ row: counts.rows, line, warnings: { phone_number: [doubt] }, values: toValues(given) });
  }

  return {
    counts,
    errors,
    warnings,
    /** The row's line for the spool, or nothing when it is refused. */
    judge(row: GivenRow): string {
      counts.rows += 1;
      const judged = judgeRow(row, encoding);
      if (judged.isNormalized) counts.normalized += 1;
      if (judged.doubt !== null) warn(row, judged.doubt);
      if (judged.client) return toLine(counts.rows, row, judged.client);
      refuse(row, judged);
      return '';
    },
  };
}

function toLine(row: number, { line, fields: given }: GivenRow, client: NewClient): string {
  const isAsGiven = fields.every((field) => String(given[field]) === String(client[field as keyof NewClient]));
  return toImportLine({
    row,
    line,
    phoneNumber: client.phone_number,
    timezone: client.timezone,
    codeId: client.mobile_operator_code,
    tagId: client.tag,
    given: isAsGiven ? null : JSON.stringify(toValues(given)),
  });
}

/** What a report repeats of a row: short, and without what PostgreSQL could not keep. */
function toValues(given: Record<string, unknown>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const field of [...fields, 'row']) {
    if (given[field] !== undefined && Object.hasOwn(given, field)) values[field] = toValue(given[field]);
  }
  return values;
}

function toValue(given: unknown): string {
  // Two code units a character at the most; the copy lets go of the piece of the file that the value is a part of.
  const beginning = toText(given).slice(0, 2 * longestValueTold);
  return [...beginning].slice(0, longestValueTold).join('').toWellFormed().replaceAll('\0', '\uFFFD');
}

function toText(given: unknown): string {
  if (typeof given === 'string') return given;
  try {
    return JSON.stringify(given);
  } catch {
    // Nested too deep to be written.
    return Array.isArray(given) ? '[…]' : '{…}';
  }
}
