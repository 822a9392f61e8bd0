import { setTimeout as sleep } from 'node:timers/promises';
import type { BlockerWatch } from './blockers.js';

/** Others queue behind a lock that is waited for, so it is waited for no longer than this. */
export const lockTimeoutMs = 500;

/** Between two tries others have their turn. */
const pausesMs = { first: 250, longest: 5_000 };

/** Waited too long for a lock; undone to end a deadlock. */
const isBlocked = (error: unknown) => ['55P03', '40P01'].includes((error as { code?: string }).code ?? '');

interface Terms {
  readonly watch: BlockerWatch;
  /** What is done, for people: `step 2 of 3 of 0012-as-of-the-start`. */
  readonly what: string;
  /** How long all tries together may take. */
  readonly patienceMs: number;
}

/**
 * Tries again while others hold what the work needs, each time after a longer pause.
 *
 * @throws Error that names the lock, who holds it, and the way out, when patience is at an end
 */
export async function persistently<T>(work: () => Promise<T>, { watch, what, patienceMs }: Terms): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let pauseMs = pausesMs.first; ; pauseMs = Math.min(2 * pauseMs, pausesMs.longest)) {
    try {
      return await watch.during(work);
    } catch (cause) {
      if (!isBlocked(cause)) throw cause;
      if (performance.now() + pauseMs > until) throw new Error(tellBlocked(watch, what, patienceMs), { cause });
      await sleep(pauseMs);
    }
  }
}

function tellBlocked({ seen }: BlockerWatch, what: string, patienceMs: number): string {
  const held = seen ? `${seen.lock} is held by ${seen.who}` : 'others hold a lock that it needs';
  return (
    `${what} could not be done within ${Math.round(patienceMs / 1_000)} s: ${held}. ` +
    'Wait for it, or end it with SELECT pg_terminate_backend(process). Then migrate again: it goes on where it stopped.'
  );
}
