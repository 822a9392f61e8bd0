import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { generate } from './generate.js';

const root = resolve(import.meta.dirname, '../../..');
for (const { path, text } of generate()) writeFileSync(resolve(root, path), text);
execFileSync('npx', ['biome', 'check', '--write', 'packages/sdk/src/generated'], { cwd: root, stdio: 'inherit' });
