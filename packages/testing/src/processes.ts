import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { requireBuilt } from './built.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface TestProcess {
  readonly child: ChildProcess;
  /** Everything it has written to stdout and stderr so far. */
  output(): string;
  /** Waits for its `{ ready: true }` message; fails, with its output, if it ends first. */
  ready(): Promise<Record<string, unknown>>;
  /** Sends the signal and waits for the end; gives the exit code (null when the signal killed it). */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts an app of this repository as a process of its own, as it was built, or TypeScript from its sources.
 *
 * @param entry relative to the repository's root
 * @throws Error when it was not built since the last change of the sources
 * @example const worker = startApp('apps/worker/dist/main.js', { DATABASE_URL: url });
 */
export function startApp(entry: string, environment: Record<string, string>): TestProcess {
  if (entry.includes('/dist/')) requireBuilt(root);
  const fromSources = entry.endsWith('.ts') ? ['--conditions=showroom-src', '--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...fromSources, entry], {
    cwd: root,
    env: { PATH: process.env.PATH, TSX_TSCONFIG_PATH: `${root}tsconfig.json`, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (output += chunk));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const ready = new Promise<Record<string, unknown>>((resolve, reject) => {
    child.on('message', (message: Record<string, unknown>) => message.ready && resolve(message));
    exited.then(([code]) => reject(new Error(`${entry} ended with ${code} before it was ready:\n${output}`)), reject);
  });
  ready.catch(() => {}); // a test that expects the app to fail looks at the exit instead
  return {
    child,
    output: () => output,
    ready: () => ready,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return (await exited)[0];
    },
  };
}
