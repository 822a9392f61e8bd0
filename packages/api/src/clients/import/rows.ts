import { ApiError } from '../../errors.js';

/** A row as a file gives it. */
export interface GivenRow {
  /** The line on which it begins; the file's first line is 1. */
  readonly line: number;
  /** Field → value, of the fields that were found. */
  readonly fields: Record<string, unknown>;
  /** Why it is not a row at all, in words. */
  readonly problem?: string;
}

/** Takes rows in their order, some at a time; no more are read until it has resolved. */
export type TakeRows = (rows: GivenRow[]) => Promise<void>;

/** Lines that are not the first of a row. Together with the rows they are all lines of a file. */
export interface LineCounts {
  lines: number;
  header: number;
  blank: number;
  continued: number;
}

export const noLines = (): LineCounts => ({ lines: 0, header: 0, blank: 0, continued: 0 });

export const unreadable = (why: string) => new ApiError('client.file_unreadable', `The file cannot be read: ${why}`);

/** The way out for a file whose encoding is not the one it was read in. */
export const nameTheEncoding = 'Name the encoding in the Content-Type, as in "text/csv; charset=windows-1251".';
