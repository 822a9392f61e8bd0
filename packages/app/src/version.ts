import { createRequire } from 'node:module';

/**
 * The version of an app, from the `package.json` above the folder of the given file.
 *
 * @example const version = versionOf(import.meta.url); // '0.1.0', in apps/server/src/main.ts as in dist/main.js
 */
export const versionOf = (fileUrl: string): string =>
  (createRequire(fileUrl)('../package.json') as { version: string }).version;
