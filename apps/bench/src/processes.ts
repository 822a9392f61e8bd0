import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { inheritedEnvironment } from './config.js';

export interface Started {
  readonly pid: number;
  /** Waits for the message of this kind, sent by `process.send({ [kind]: true, … })`. */
  told(kind: string): Promise<Record<string, unknown>>;
  tell(message: Record<string, unknown>): void;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

const lastWords = 10_000;

/**
 * Starts a node process of the comparison, in production's mode.
 *
 * @param entry the path of its main module
 */
export function startNode(entry: string, environment: Record<string, string> = {}): Started {
  const env = { ...inheritedEnvironment, ...environment };
  const child = spawn(process.execPath, [...process.execArgv, entry], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  const listen = (chunk: Buffer) => (said = (said + chunk).slice(-lastWords));
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  const exited = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    told: (kind) =>
      new Promise((resolve, reject) => {
        child.on('message', (message: Record<string, unknown>) => message[kind] && resolve(message));
        exited.then(
          ([code]) => reject(new Error(`${entry} ended with ${code} before it was ${kind}:\n${said}`)),
          reject,
        );
      }),
    tell: (message) => void child.send(message),
    stop: (signal = 'SIGTERM') => end(child, exited, signal),
  };
}

/** Starts a program that says its first line when it is ready, and gives that. */
export async function startProgram(file: string, values: string[], isReady: (line: string) => boolean) {
  const child = spawn(file, values, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => isReady(line) && resolve(line));
    child.on('error', reject);
    exited.then(([code]) => reject(new Error(`${file} ended with ${code} before it was ready`)), reject);
  });
  const line = await ready;
  return { pid: child.pid ?? 0, line, stop: () => end(child, exited, 'SIGTERM') };
}

async function end(child: ChildProcess, exited: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await exited;
}
