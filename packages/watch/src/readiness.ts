import { withDeadline } from './deadline.js';

/** Something that a process needs. */
export interface Check {
  readonly name: string;
  /** Whether the process can do nothing without it; else it goes on, and catches up later. */
  readonly isVital: boolean;
  /** Resolves when it is there: to a string if it is not as it should be, which anybody may read. */
  look(): Promise<unknown>;
}

/** How a process does: `degraded` when it goes on without something, `unavailable` when it cannot. */
export interface Readiness {
  readonly status: 'ok' | 'degraded' | 'unavailable';
  /** What was checked → `ok`, or what is wrong, in words that anybody may read. */
  readonly checks: Readonly<Record<string, string>>;
}

interface Deps {
  checks: readonly Check[];
  /** Told of what is wrong, in full. */
  onFailure(error: unknown, name: string): void;
  /** How long a check may take. */
  timeoutMs?: number;
}

/** What was found is told to whoever asks within this time; a crowd that asks does not become one for the database. */
const rememberedMs = 500;

/**
 * Looks whether a process has what it needs.
 *
 * @example
 * const look = createReadiness({ checks: [{ name: 'database', isVital: true, look: () => database.sql('SELECT 1') }], … });
 * await look(); // { status: 'ok', checks: { database: 'ok' } }
 */
export function createReadiness({ checks, onFailure, timeoutMs = 2_000 }: Deps): () => Promise<Readiness> {
  let last: { at: number; readiness: Promise<Readiness> } | undefined;
  const timed = checks.map(({ look, ...check }) => ({ ...check, look: withDeadline(timeoutMs, async () => look()) }));

  async function look(): Promise<Readiness> {
    const found = await Promise.all(timed.map(async (check) => ({ ...check, said: await lookAt(check) })));
    const failed = found.filter(({ said }) => said !== 'ok');
    const status = failed.some(({ isVital }) => isVital) ? 'unavailable' : failed.length > 0 ? 'degraded' : 'ok';
    return { status, checks: Object.fromEntries(found.map(({ name, said }) => [name, said])) };
  }

  async function lookAt({ name, look }: Check): Promise<string> {
    try {
      const found = await look();
      return typeof found === 'string' ? found : 'ok';
    } catch (error) {
      onFailure(error, name);
      return 'does not answer';
    }
  }

  return () => {
    if (!last || performance.now() - last.at > rememberedMs) last = { at: performance.now(), readiness: look() };
    return last.readiness;
  };
}
