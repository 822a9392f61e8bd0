import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { SingleBar } from 'cli-progress';
import { Mistake } from './mistake.js';
import { toVisible } from './visible.js';

/** Where a command's words go. */
export interface Terminal {
  /** Whether somebody looks, and not a file or a program. */
  readonly isSeen: boolean;
  /** Whether somebody can be asked: they type, they see the question, and no program reads the results. */
  readonly canAsk: boolean;
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
  /** Asks for a secret. */
  ask(question: string): Promise<string>;
  /** Asks for a yes. Anything else is a no, and so is the end of what is typed. */
  confirm(question: string): Promise<boolean>;
}

interface Bar {
  update(value: number, payload?: object): void;
  stop(): void;
}

/** What a shell knows a command by that Ctrl-C has ended. */
const stoppedCode = 130;

export function createTerminal({ isJson }: { isJson: boolean }): Terminal {
  const { stdin, stdout, stderr } = process;
  const bars = new Set<Bar>();
  const note = (line: string) => void stderr.write(`${toVisible(line)}\n`);
  let lastWords: string | undefined;
  const stop = () => {
    // A bar that is not stopped leaves the terminal without line wrap and cursor.
    for (const bar of bars) bar.stop();
    if (lastWords !== undefined) note(lastWords);
    process.exit(stoppedCode);
  };
  return {
    isSeen: stderr.isTTY,
    canAsk: !isJson && stdin.isTTY && stdout.isTTY && stderr.isTTY,
    say: (line) => void (isJson || stdout.write(`${toVisible(line)}\n`)),
    tell: (value) => void (isJson && stdout.write(`${JSON.stringify(value)}\n`)),
    note,
    bar: (format, total) => {
      const bar = new SingleBar({ format, stream: stderr, noTTYOutput: false, clearOnComplete: false });
      bar.start(total, 0, { rows: '' });
      bars.add(bar);
      return bar;
    },
    whenStopped: (words) => {
      if (lastWords === undefined) process.once('SIGINT', stop);
      lastWords = words;
    },
    ask: async (question) => {
      const answer = await read(question, true, stop);
      if (answer === undefined) throw new Mistake('Nothing was entered.');
      return answer;
    },
    confirm: async (question) => /^y(es)?$/i.test(((await read(`${question} [y/N] `, false, stop)) ?? '').trim()),
  };
}

/**
 * Reads a line that is typed.
 *
 * @param isSecret it is not shown while it is typed
 * @param stop called for Ctrl-C
 * @returns undefined at the end of what is typed
 */
async function read(question: string, isSecret: boolean, stop: () => void): Promise<string | undefined> {
  const { stderr, stdin } = process;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (isSecret) stderr.write(question);
  const reader = createInterface({ input: stdin, output: isSecret ? silent : stderr, terminal: stdin.isTTY });
  reader.once('SIGINT', () => {
    stderr.write('\n');
    stop();
  });
  const ended = new Promise<undefined>((resolve) => reader.once('close', () => resolve(undefined)));
  const answer = await Promise.race([reader.question(isSecret ? '' : question), ended]);
  if (isSecret || answer === undefined) stderr.write('\n');
  reader.close();
  return answer;
}
