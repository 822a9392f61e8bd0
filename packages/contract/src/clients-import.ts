import { z } from 'zod';
import { integer } from './kit/scalars.js';

/** What a file of clients may be. */
export const importTypes = ['text/csv', 'application/x-ndjson'] as const;
export type ImportType = (typeof importTypes)[number];

/** How many refused rows a report tells of; it counts all of them. */
export const mostRefusalsTold = 1_000;

/** How to import. */
export const ImportOptions = z.object({
  known: z
    .enum(['add', 'update', 'skip'])
    .optional()
    .meta({
      description:
        'What to do with a row whose phone number a client has already: `add` one more client (what is done if nothing ' +
        'is said), `update` every client with that number, or `skip` the row. With `update` and `skip` the same file can ' +
        'be imported again; of rows with the same number the last one counts.',
    }),
});
export type ImportOptions = z.infer<typeof ImportOptions>;

const RefusedRow = z.object({
  row: integer('Row').meta({
    description: 'Which row: 1 is the first one below the header. Empty lines do not count.',
  }),
  errors: z
    .record(z.string(), z.array(z.string()))
    .meta({ description: 'Field → what is wrong with it. `row`: what is wrong with all of it.' }),
});
export type RefusedRow = z.infer<typeof RefusedRow>;

const count = (description: string) => integer().meta({ description });

/** What became of a file's rows: `rows` = `created` + `updated` + `skipped` + `refused`. */
export const ImportReport = z
  .object({
    rows: count('How many rows there were.'),
    created: count('How many clients there are more.'),
    updated: count('How many rows changed clients that were there.'),
    skipped: count(
      'How many rows changed nothing: the number was known, or a later row has it, or all stood there already.',
    ),
    refused: count('How many rows were refused.'),
    errors: z.array(RefusedRow).meta({
      description: `Why rows were refused, in the order of the rows; of the first ${mostRefusalsTold} of them.`,
    }),
  })
  .meta({ id: 'ImportReport' });
export type ImportReport = z.infer<typeof ImportReport>;
