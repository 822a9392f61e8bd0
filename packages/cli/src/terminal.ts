import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';

/** Where a command's words go. */
export interface Terminal {
  /** A result, for people; nothing with `--json`. */
  say(line: string): void;
  /** A result, for programs: one line of JSON, with `--json` only. */
  tell(value: unknown): void;
  /** Something on the way, which no program reads. */
  note(line: string): void;
  /** A bar, where somebody looks. */
  bar(format: string, total: number): Bar;
  ask(question: string): Promise<string>;
}

interface Bar {
  update(value: number, payload?: object): void;
  stop(): void;
}

export function createTerminal({ isJson }: { isJson: boolean }): Terminal {
  const { stdout, stderr, stdin } = process;
  return {
    say: (line) => void (isJson || stdout.write(`${line}\n`)),
    tell: (value) => void (isJson && stdout.write(`${JSON.stringify(value)}\n`)),
    note: (line) => void stderr.write(`${line}\n`),
    bar: (format, total) => {
      const bar = new SingleBar({ format, stream: stderr, noTTYOutput: false, clearOnComplete: false });
      bar.start(total, 0, { rows: '' });
      return bar;
    },
    ask: async (question) => {
      stderr.write(question);
      // What is typed is not shown.
      const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
      const reader = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY });
      try {
        return await reader.question('');
      } finally {
        reader.close();
        stderr.write('\n');
      }
    },
  };
}
