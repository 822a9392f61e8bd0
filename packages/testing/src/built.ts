import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Written by `npm run build`: its time is that at which the last complete build began. */
const stamp = '.turbo/built';

/**
 * Tests start processes as they were built, which costs half of what the sources cost. So the build must be that of the
 * sources.
 *
 * @param root the repository's root
 * @throws Error that names a source which changed after the last build
 */
export function requireBuilt(root: string): void {
  const builtAt = modifiedAt(join(root, stamp));
  const changed = sourcesOf(root).find((file) => modifiedAt(file) > builtAt);
  if (changed === undefined) return;
  throw new Error(`${changed} was not built since it changed. Run "npm run build" first.`);
}

/** All that is built: tests and their fixtures are not. */
function sourcesOf(root: string): string[] {
  return ['apps', 'packages']
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(root, parent, name)))
    .filter((folder) => existsSync(join(folder, 'tsconfig.json')))
    .flatMap((folder) => readdirSync(join(folder, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => !/\.(test|suite)\.ts$|\/fixtures\//.test(file));
}

/** 0 when it is not there. */
function modifiedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
