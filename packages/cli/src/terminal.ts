import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import { Mistake } from './mistake.js';

/** Where a command's words go. */
export interface Terminal {
  /** Whether somebody looks, and not a file or a program. */
  readonly isSeen: boolean;
  /** A result, for people; nothing with `--json`. */
  say(line: string): void;
  /** A result, for programs: one line of JSON, with `--json` only. */
  tell(value: unknown): void;
  /** Something on the way, which no program reads. */
  note(line: string): void;
  /** A bar, where somebody looks. */
  bar(format: string, total: number): Bar;
  /** What is said from now on to whoever presses Ctrl-C. */
  whenStopped(words: string): void;
  ask(question: string): Promise<string>;
}

interface Bar {
  update(value: number, payload?: object): void;
  stop(): void;
}

/** What a shell knows a command by that Ctrl-C has ended. */
const stoppedCode = 130;

export function createTerminal({ isJson }: { isJson: boolean }): Terminal {
  const { stdout, stderr } = process;
  const bars = new Set<Bar>();
  const note = (line: string) => void stderr.write(`${line}\n`);
  return {
    isSeen: stderr.isTTY,
    say: (line) => void (isJson || stdout.write(`${line}\n`)),
    tell: (value) => void (isJson && stdout.write(`${JSON.stringify(value)}\n`)),
    note,
    bar: (format, total) => {
      const bar = new SingleBar({ format, stream: stderr, noTTYOutput: false, clearOnComplete: false });
      bar.start(total, 0, { rows: '' });
      bars.add(bar);
      return bar;
    },
    whenStopped: (words) => {
      process.once('SIGINT', () => {
        // A bar that is not stopped leaves the terminal without line wrap and cursor.
        for (const bar of bars) bar.stop();
        note(words);
        process.exit(stoppedCode);
      });
    },
    ask,
  };
}

/** What is typed is not shown. */
async function ask(question: string): Promise<string> {
  const { stderr, stdin } = process;
  stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY });
  const nothing = new Promise<never>((_resolve, reject) => {
    reader.once('close', () => reject(new Mistake('Nothing was answered.')));
  });
  try {
    return await Promise.race([reader.question(''), nothing]);
  } catch (error) {
    if ((error as Error).name === 'AbortError') process.exit(stoppedCode);
    throw error;
  } finally {
    stderr.write('\n');
    reader.close();
  }
}
