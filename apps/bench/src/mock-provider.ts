import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProgram } from './processes.js';

interface ProviderStats {
  requests: number;
  /** Ids that were asked with at least once. */
  distinct: number;
  faults: number;
  firstUs: number;
  lastUs: number;
  nowUs: number;
  connections: number;
}

export interface MockProvider {
  readonly url: string;
  readonly pid: number;
  stats(): Promise<ProviderStats>;
  reset(): Promise<ProviderStats>;
  stop(): Promise<void>;
}

export interface MockProviderOptions {
  latencyMs: number;
  faultsPerMille: number;
}

const source = fileURLToPath(new URL('../src/mock-provider.c', import.meta.url));

/** Compiles the provider; needs a C compiler. */
export function compileMockProvider(): string {
  const binary = path.join(mkdtempSync(path.join(tmpdir(), 'showroom-bench-')), 'mock-provider');
  try {
    execFileSync('cc', ['-O2', '-o', binary, source], { stdio: ['ignore', 'inherit', 'inherit'] });
  } catch (cause) {
    throw new Error('The provider of the comparison is written in C: it needs a C compiler, named `cc`.', { cause });
  }
  return binary;
}

export async function startMockProvider(binary: string, options: MockProviderOptions): Promise<MockProvider> {
  const values = ['0', String(options.latencyMs), String(options.faultsPerMille)];
  const { pid, line, stop } = await startProgram(binary, values, () => true);
  const url = `http://127.0.0.1:${line}`;
  const ask = async (method: string, target: string) =>
    (await (await fetch(`${url}${target}`, { method })).json()) as ProviderStats;
  return { url, pid, stop, stats: () => ask('GET', '/stats'), reset: () => ask('POST', '/reset') };
}
