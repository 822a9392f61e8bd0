import { fileURLToPath } from 'node:url';
import { startStandalone } from './process.js';
import type { AppName } from './standalone.js';

/**
 * Apps do not import each other, so the others are started by path: beside us, built when we are built, from their
 * sources (with the flags that we run under) when we are.
 */
function entryOf(app: AppName): string {
  const file = import.meta.url.endsWith('.ts') ? 'src/main.ts' : 'dist/main.js';
  return fileURLToPath(new URL(`../../${app}/${file}`, import.meta.url));
}

startStandalone(entryOf);
