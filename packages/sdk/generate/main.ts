import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generate } from './generate.js';

const folder = fileURLToPath(new URL('../src/generated/', import.meta.url));
for (const { name, text } of generate()) writeFileSync(`${folder}${name}`, text);
execFileSync('npx', ['biome', 'check', '--write', folder], { stdio: 'inherit' });
