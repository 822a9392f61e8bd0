import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { bin, type Packed, run, sdk } from './packed.suite.js';

const app = `
  declare const console: { log(...given: unknown[]): void };
  export async function app(): Promise<Date> {
    const showroom: Showroom = createShowroom({ baseUrl: 'https://showroom.example.com', username: 'a', password: 'b' });
    for await (const { sent, secondsLeft } of showroom.mailing.watch(12)) console.log(sent, secondsLeft);
    try {
      for await (const { tag } of showroom.clients.list.all({ tag: 12 })) console.log(tag.toFixed());
    } catch (error) {
      if (error instanceof NotFoundError) console.log(error.code);
    }
    return (await showroom.mailing.read(12)).start_notification_date;
  }
`;
const imported = `import { createShowroom, NotFoundError, type Showroom } from '@showroom/sdk';\n`;

/** How long a type check of an app may take; the README tells. */
const checkMs = 3_000;

/** Whether the types hold for whoever installs the package, however their compiler is set. */
export function describeDeclarations(packed: () => Packed): void {
  const usual = { target: 'es2022', strict: true, noEmit: true, skipLibCheck: false, types: [] };

  async function check(file: string, source: string, compilerOptions: object): Promise<void> {
    const { folder } = packed();
    await writeFile(join(folder, file), source);
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: { ...usual, ...compilerOptions }, files: [file] }),
    );
    const { stdout } = await run(bin('tsc'), ['-p', folder]).catch((error) => error);
    expect(stdout).to.equal('');
  }

  for (const [file, module, moduleResolution] of [
    ['app.ts', 'nodenext', 'nodenext'],
    ['app.cts', 'nodenext', 'nodenext'],
    ['app.cts', 'node16', 'node16'],
    ['app.ts', 'esnext', 'bundler'],
  ] as const) {
    it(`has declarations that stand alone, for ${file} and ${module}`, async () => {
      const startedAt = performance.now();
      await check(file, imported + app, { module, moduleResolution });
      expect(performance.now() - startedAt).to.be.below(checkMs);
    });
  }

  it('has no any in them', async () => {
    const { stdout } = await run('grep', ['-rnwE', 'any', join(sdk, 'dist'), '--include=*.d.ts']).catch(
      (error) => error,
    );
    const code = stdout.split('\n').filter((line: string) => line && !/:\s*(\*|\/\*\*|\/\/)/.test(line));
    expect(code).to.deep.equal([]);
  });

  it('has docstrings whose examples compile', async () => {
    const declared = await readFile(join(sdk, 'src/generated/surface.ts'), 'utf8');
    const examples = [...declared.matchAll(/@example\n\s+\* (.+)/g)].map(([, example]) => `  ${example}`);
    expect(examples.length).to.be.above(50);
    const source = `import type { Showroom } from '@showroom/sdk';\ndeclare const console: { log(...given: unknown[]): void };\nexport async function all(showroom: Showroom) {\n${examples.join('\n')}\n}\n`;
    await check('examples.ts', source, { module: 'nodenext' });
  });
}
