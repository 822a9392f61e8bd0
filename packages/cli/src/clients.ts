import { createReadStream, openAsBlob } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ImportSource, Showroom } from '@showroom/sdk';
import { describeReport } from './import-report.js';
import { Mistake } from './mistake.js';
import type { Terminal } from './terminal.js';

export interface ImportOptions {
  known: 'add' | 'update' | 'skip';
  format?: 'csv' | 'ndjson';
}

/** Imports a file, `-` for what is piped in. Fails when a row was refused, after it has told of all. */
export async function importClients(
  showroom: Showroom,
  terminal: Terminal,
  file: string,
  { known, format = formatOf(file) }: ImportOptions,
): Promise<boolean> {
  const bytes = await open(file);
  const bar =
    bytes instanceof Blob ? terminal.bar('{bar} {percentage} % | {value} of {total} bytes', bytes.size) : null;
  terminal.whenStopped('Stopped. Nothing was imported, unless all of it had been sent already.');
  const source = (format === 'csv' ? { csv: bytes } : { ndjson: bytes }) as ImportSource;
  const onProgress = ({ bytes: sent }: { bytes: number }) => bar?.update(sent);
  const report = await showroom.clients.import(source, { known, onProgress }).finally(() => bar?.stop());
  for (const line of describeReport(report)) terminal.say(line);
  terminal.tell(report);
  return report.refused === 0;
}

const formatOf = (file: string) => (['.ndjson', '.jsonl'].includes(extname(file).toLowerCase()) ? 'ndjson' : 'csv');

/** A file as it lies there, which can be sent again; a pipe as it comes. */
async function open(file: string): Promise<Blob | AsyncIterable<Uint8Array>> {
  if (file === '-') return process.stdin;
  try {
    // Without this, it would only turn out while the file is being sent.
    await access(file, constants.R_OK);
    const found = await stat(file);
    if (found.isDirectory()) throw new Error('it is a folder');
    return found.isFile() ? await openAsBlob(file) : createReadStream(file);
  } catch (cause) {
    throw new Mistake(`${file} cannot be read: ${(cause as Error).message}.`, { cause });
  }
}
