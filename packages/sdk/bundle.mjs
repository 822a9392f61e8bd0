/*
 * Makes what is published of `src`: for each of the two entries a file of its own, as an ES module and as CommonJS (a Node
 * before 20.19 requires nothing else). What they are made of is in them, so that whoever installs the package installs
 * nothing besides. Only tRPC, whose client `@showroom/sdk/trpc` hands out, is the caller's own there.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));
const entries = [
  { entryPoints: [`${folder}src/index.ts`], external: [] },
  { entryPoints: [`${folder}src/trpc.ts`], external: ['@trpc/*'] },
];
const formats = [
  { format: 'esm', outdir: `${folder}dist` },
  { format: 'cjs', outdir: `${folder}dist/commonjs` },
];
const common = { absWorkingDir: folder, bundle: true, platform: 'neutral', target: 'es2022', metafile: true };

const built = await Promise.all(
  entries.flatMap((entry) => formats.map((format) => build({ ...common, ...entry, ...format }))),
);
// The declarations beside it would be those of an ES module otherwise.
await writeFile(`${folder}dist/commonjs/package.json`, '{ "type": "commonjs" }\n');
await writeFile(
  `${folder}dist/LICENSES`,
  await licensesOf(built.flatMap(({ metafile }) => Object.keys(metafile.inputs))),
);

/** What the libraries in these files want said wherever they are. */
async function licensesOf(paths) {
  const folders = new Set(paths.map((path) => /.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter(Boolean));
  const licenses = [...folders].sort().map(async (library) => {
    const { name, version } = JSON.parse(await readFile(`${folder}${library}/package.json`, 'utf8'));
    return `${name} ${version}\n\n${(await readFile(`${folder}${library}/LICENSE`, 'utf8')).trim()}\n`;
  });
  return (await Promise.all(licenses)).join('\n\n');
}
