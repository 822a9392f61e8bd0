import { constants, openAsBlob } from 'node:fs';
import { access } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Showroom } from '@showroom/sdk';
import { Mistake } from './login.js';
import type { Terminal } from './terminal.js';

interface ImportOptions {
  known?: 'add' | 'update' | 'skip';
}

/** Imports a file, CSV or NDJSON by its name. Fails when a row was refused, after it has told of all. */
export async function importClients(
  showroom: Showroom,
  terminal: Terminal,
  file: string,
  { known }: ImportOptions,
): Promise<boolean> {
  // Without this, it would only turn out while the file is being sent.
  await access(file, constants.R_OK).catch((cause) => {
    throw new Mistake(`${file} cannot be read.`, { cause });
  });
  const blob = await openAsBlob(file);
  const kind = ['.ndjson', '.jsonl'].includes(extname(file).toLowerCase()) ? 'ndjson' : 'csv';
  const bar = terminal.bar('{bar} {percentage} % | {value} of {total} bytes', blob.size);
  const onProgress = ({ bytes }: { bytes: number }) => bar.update(bytes);
  const source = kind === 'csv' ? { csv: blob } : { ndjson: blob };
  const report = await showroom.clients.import(source, { known, onProgress }).finally(() => bar.stop());
  const { rows, created, updated, skipped, refused } = report;
  terminal.say(`${rows} rows: ${created} created, ${updated} updated, ${skipped} as they were, ${refused} refused.`);
  for (const { row, errors } of report.errors) {
    for (const [field, messages] of Object.entries(errors)) terminal.say(`Row ${row}, ${field}: ${messages.join(' ')}`);
  }
  terminal.tell(report);
  return refused === 0;
}
