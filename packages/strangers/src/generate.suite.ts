import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { generateSource } from 'oazapfts';
import openapiTypeScript, { astToString } from 'openapi-typescript';
import { documentUrl } from './operations.suite.js';

const generated = new URL('../generated/', import.meta.url);
const drives = fileURLToPath(new URL('../drives', import.meta.url));

/** Both clients, from the document that is checked in, made anew. */
export async function generateClients(): Promise<void> {
  await rm(generated, { recursive: true, force: true });
  await mkdir(generated);
  // The markers tell openapi-fetch what is readOnly and what is writeOnly; without them it takes both for both.
  const types = astToString(await openapiTypeScript(documentUrl, { readWriteMarkers: true }));
  await writeFile(new URL('openapi-typescript.ts', generated), types);
  await writeFile(new URL('oazapfts.ts', generated), await generateSource(fileURLToPath(documentUrl)));
}

/** What tsc says about the clients and the drives: nothing, if all is well. */
export function compileDrives(): Promise<string> {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  return new Promise((resolve) => {
    execFile(process.execPath, [tsc, '-p', drives], (error, stdout) => resolve(stdout || (error?.message ?? '')));
  });
}
