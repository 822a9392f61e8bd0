import { z } from 'zod';
import { integer } from './kit/scalars.js';

/** What a file of clients may be. */
export const importTypes = ['text/csv', 'application/x-ndjson'] as const;
export type ImportType = (typeof importTypes)[number];

/** How many refused rows, and how many warnings, a report lists; it counts all of them. */
export const mostRowsTold = 1_000;

/** How many characters of a value a report repeats. */
export const longestValueTold = 50;

/** How to import. */
export const ImportOptions = z.object({
  known: z
    .enum(['add', 'update', 'skip'])
    .optional()
    .meta({
      description:
        'What to do with a row whose phone number a client has already: `add` one more client, `update` every client ' +
        'with that number, or `skip` the row. REST adds if nothing is said; the SDK and the CLI skip. With `update` and ' +
        '`skip` the same file can be imported again; of rows with the same number the last one counts.',
    }),
});
export type ImportOptions = z.infer<typeof ImportOptions>;

const rowNumber = integer('Row').meta({
  description: 'The row: 1 is the first below the header. Blank lines do not count.',
});
const lineNumber = integer('Line').meta({
  description: 'The line of the file on which the row begins: 1 is the first. Every line counts.',
});
const values = z.record(z.string(), z.string()).meta({
  description:
    `Field → its value as the file gives it, at most ${longestValueTold} characters. ` +
    '`row`: the beginning of a row that has no fields.',
});
const wordsByField = (description: string) => z.record(z.string(), z.array(z.string())).meta({ description });

const RefusedRow = z.object({
  row: rowNumber,
  line: lineNumber,
  errors: wordsByField('Field → what is wrong with it. `row`: what is wrong with the whole row.'),
  values,
});
export type RefusedRow = z.infer<typeof RefusedRow>;

const DoubtfulRow = z.object({
  row: rowNumber,
  line: lineNumber,
  warnings: wordsByField('Field → why its value may be wrong.'),
  values,
});
export type DoubtfulRow = z.infer<typeof DoubtfulRow>;

const count = (description: string) => integer().meta({ description });

/**
 * What became of a file. Every line is accounted for: `lines` = `header` + `blank` + `continued` + `rows`. So is every
 * row: `rows` = `created` + `updated` + `skipped` + `refused`.
 */
export const ImportReport = z
  .object({
    lines: count('How many lines the file has, with its header.'),
    header: count('How many lines the header has, with a line that names the delimiter. NDJSON has none.'),
    blank: count('How many lines have no values.'),
    continued: count('How many lines continue a quoted value that begins on an earlier line.'),
    rows: count('How many rows the file has. Each line that a broken quote makes unreadable is a row.'),
    created: count('How many clients were created.'),
    updated: count('How many rows changed existing clients.'),
    skipped: count(
      'How many rows changed nothing: the number was known, a later row has it, or the client has these values already.',
    ),
    refused: count('How many rows were refused.'),
    normalized: count(
      'In how many rows the phone number was cleaned of `+`, blanks, dashes, brackets, a leading apostrophe or ' +
        'invisible marks. Refused rows count, too.',
    ),
    warned: count('How many rows have a warning. Refused rows count, too.'),
    repeated_in_file: count('How many rows that were not refused repeat the phone number of an earlier row.'),
    already_known: count(
      'How many rows that were not refused have a phone number that a client had before the import.',
    ),
    errors: z.array(RefusedRow).meta({
      description: `Why rows were refused, in the order of the rows; the first ${mostRowsTold}.`,
    }),
    warnings: z.array(DoubtfulRow).meta({
      description: `Which values may be wrong, in the order of the rows; the first ${mostRowsTold}.`,
    }),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof ImportReport>;
