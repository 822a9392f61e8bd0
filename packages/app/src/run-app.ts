import { ConfigError } from './environment.js';

/** What an app says when it is up. */
export interface Announcement {
  /** Where it listens, if it does. */
  url?: string;
  admin?: { username: string; password: string | null };
  /** Printed where nobody supervises the app: in a sentence or two, what runs where. */
  lines: string[];
}

export interface Opening {
  /** Registers what to do at the end; the last registered is done first. */
  onClose(close: () => unknown): void;
  /** Aborted when the app is asked to stop while it still opens. */
  readonly stopped: AbortSignal;
}

/**
 * An app's whole life: open, say so, wait for a signal, close in reverse, exit (0 when it was asked to stop, 1 when it
 * could not start). Under a parent with an IPC channel it announces itself there instead of on stdout, and goes when
 * the parent does.
 *
 * @example runApp(async ({ onClose }) => { …; return { url, lines: [`The server listens on ${url}`] }; });
 */
export function runApp(
  open: (opening: Opening) => Promise<Announcement>,
  explain?: (error: unknown) => string | undefined,
): void {
  const stop = whenStopAsked();
  const closers: (() => unknown)[] = [];
  live(open, closers, stop).then(
    // An open IPC channel would keep a finished process alive, hence the explicit exits.
    () => process.exit(0),
    (error: Error) => {
      process.stderr.write(`${startFailure(error, explain)}\n`);
      process.exit(1);
    },
  );
}

/**
 * What the operator reads of a start that failed: a sentence where the cause is a setting or something that `explain`
 * knows, the stack where it may be a fault of ours.
 */
export function startFailure(error: Error, explain?: (error: unknown) => string | undefined): string {
  if (error instanceof ConfigError) return error.message;
  return explain?.(error) ?? error.stack ?? String(error);
}

async function live(open: (opening: Opening) => Promise<Announcement>, closers: (() => unknown)[], stop: AbortSignal) {
  try {
    announce(await open({ onClose: (close) => closers.push(close), stopped: stop }));
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve));
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** The listeners stay: a second signal (from the terminal and from npm) does not cut the orderly end short. */
function whenStopAsked(): AbortSignal {
  const stop = new AbortController();
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.on(event, () => stop.abort());
  if (process.send && !process.connected) stop.abort();
  return stop.signal;
}

function announce({ lines, ...facts }: Announcement): void {
  if (process.connected) process.send?.({ ready: true, ...facts });
  else process.stdout.write(`${lines.join('\n')}\n`);
}
