/*
 * Imports clients from a CSV file, shows how far it is, and says which rows were refused. It can be run again: known phone
 * numbers are updated.
 *
 *   SHOWROOM_URL=https://showroom.example.com SHOWROOM_TOKEN=showroom_… npx tsx import-csv.ts clients.csv
 */
import { openAsBlob } from 'node:fs';
import { createShowroom, ValidationError } from '@showroom/sdk';

const [file = 'clients.csv'] = process.argv.slice(2);
const showroom = createShowroom({
  baseUrl: process.env.SHOWROOM_URL ?? 'http://127.0.0.1:8005',
  token: process.env.SHOWROOM_TOKEN,
});

try {
  const report = await showroom.clients.import(
    { csv: await openAsBlob(file) },
    {
      known: 'update',
      onProgress: ({ bytes, totalBytes = bytes }) => console.log(`${((100 * bytes) / totalBytes).toFixed(0)} %`),
    },
  );
  console.log(
    `${report.created} created, ${report.updated} updated, ${report.skipped} skipped, ${report.refused} refused.`,
  );
  for (const { line, values, errors } of report.errors) {
    for (const [field, messages] of Object.entries(errors))
      console.log(`Line ${line}, ${field} ${values[field] ?? ''}: ${messages.join(' ')}`);
  }
  for (const { line, warnings } of report.warnings) console.log(`Line ${line} may be wrong:`, warnings);
  process.exitCode = report.refused > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof ValidationError)) throw error;
  console.error(`${file} cannot be read: ${error.message}`);
  process.exitCode = 2;
}
