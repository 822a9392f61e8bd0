import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { requireBuilt, waitFor } from '@showroom/testing';
import { inherited } from './config.js';

const root = fileURLToPath(new URL('../', import.meta.url));
const keptOutput = 20_000;
const restartAfterMs = 300;

export interface AppOptions {
  /** What it is called in reports. */
  name: string;
  /** Built, relative to the repository's root. */
  entry: string;
  environment: Record<string, string>;
  /** A module that node imports first, as a file URL. */
  first?: string;
}

interface Life {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  facts: Record<string, unknown> | null;
  /** We ended it, or asked it to. */
  isMeant: boolean;
}

/*
 * An app under somebody who watches over it, as a supervisor does in production. It lives, or it is dead:
 * - `kill` ends it without warning, and it stays dead until `start`; after `lose` it stays dead for good.
 * - When it ends by itself, it is started again a little later. Before it was ready that is no fault of its own (its
 *   database is away, say); afterwards it is a crash, which the suite counts as a failure.
 * - `stop` asks it to end in good order, and nothing starts it any more.
 */
export class App {
  kills = 0;
  readonly crashes: string[] = [];
  private life: Life | null = null;
  private output = '';
  private isOver = false;
  private isLost = false;

  constructor(private readonly options: AppOptions) {
    requireBuilt(root);
    this.start();
  }

  get name(): string {
    return this.options.name;
  }

  /** Does nothing when it lives. */
  start(): void {
    if (this.isOver || this.life) return;
    const life = this.spawn();
    this.life = life;
    life.exited.then((code) => this.bury(life, code));
  }

  /** What it announced when it became ready; waits for that, over as many lives as it takes. */
  async ready(): Promise<Record<string, unknown>> {
    try {
      return await waitFor(() => this.life?.facts, { timeoutMs: 60_000, what: `the readiness of ${this.name}` });
    } catch (cause) {
      throw new Error(`${this.name} did not become ready; it said at last:\n${this.lastWords()}`, { cause });
    }
  }

  /** kill -9. False when it was dead already. */
  async kill(): Promise<boolean> {
    const { life } = this;
    if (!life || life.isMeant) return false;
    life.isMeant = true;
    life.child.kill('SIGKILL');
    await life.exited;
    this.kills += 1;
    return true;
  }

  /** kill -9, and nobody starts it again. */
  async lose(): Promise<void> {
    this.isOver = true;
    this.isLost = true;
    await this.kill();
  }

  /** Sends it a signal, if it lives. */
  signal(name: NodeJS.Signals): void {
    this.life?.child.kill(name);
  }

  /** Asks it to end; gives the exit code, null when it had to be killed or was dead, and 0 when it was lost or not ready. */
  async stop(patienceMs = 15_000): Promise<number | null> {
    this.isOver = true;
    const { life } = this;
    if (!life) return this.isLost ? 0 : null;
    life.isMeant = true;
    // Before it listens to signals there is nothing to put in order.
    life.child.kill(life.facts ? 'SIGTERM' : 'SIGKILL');
    const timer = setTimeout(() => life.child.kill('SIGKILL'), patienceMs);
    const code = await life.exited;
    clearTimeout(timer);
    return life.facts ? code : 0;
  }

  /** The last it wrote to stdout and stderr, over all its lives. */
  lastWords(lines = 30): string {
    return this.output.trimEnd().split('\n').slice(-lines).join('\n');
  }

  private spawn(): Life {
    const { entry, environment, first } = this.options;
    const child = spawn(process.execPath, [...(first ? ['--import', first] : []), entry], {
      cwd: root,
      env: { ...inherited, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const hear = (chunk: Buffer) => {
      this.output = (this.output + chunk).slice(-keptOutput);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    const life: Life = { child, exited, facts: null, isMeant: false };
    child.on('message', (message: Record<string, unknown>) => {
      if (message.ready) life.facts = message;
    });
    return life;
  }

  private async bury(life: Life, code: number | null): Promise<void> {
    this.life = null;
    if (life.isMeant) return;
    if (life.facts) this.crashes.push(`${this.name} ended by itself with ${code}`);
    await sleep(restartAfterMs);
    this.start();
  }
}
