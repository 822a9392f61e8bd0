import { setImmediate as breathe } from 'node:timers/promises';

interface SharedLooksOptions<State> {
  /** Looks at all of these at once; what is not there is missing in the answer. */
  look(ids: number[]): Promise<ReadonlyMap<number, State>>;
  /** Whether two states are the same for whoever watches. */
  isSame(one: State, other: State): boolean;
  /** Told of each look that failed. */
  onFailure(error: unknown): void;
  /** How long after a look the next one begins. */
  everyMs: number;
}

/** What one watcher waits for; a slow one is told only the newest state. */
interface Watcher<State> {
  news: { state: State | null } | { error: unknown } | null;
  wake(): void;
}

interface Watched<State> {
  /** null: it is not there. */
  state?: State | null;
  dueAt: number;
  readonly watchers: Set<Watcher<State>>;
}

/** So many watchers are told before others get their turn on the event loop. */
const toldAtOnce = 50;
/** Looks begin at multiples of this, so that what many watch is looked at together. */
const stepMs = 100;

/**
 * Looks at each thing once per interval, however many watch it, and at everything that is due in one query: watchers take
 * one connection in all. The looks end with the last watcher.
 *
 * A first look that fails is an error for who waits for it. A later one is made again, and watchers hear nothing meanwhile.
 *
 * @example for await (const state of looks.follow(12, signal)) console.log(state);
 */
export class SharedLooks<State> {
  private readonly watched = new Map<number, Watched<State>>();
  private isLooking = false;
  private wakeLooking = () => {};

  constructor(private readonly options: SharedLooksOptions<State>) {}

  /** How it stands, at once and whenever that has changed; null when it is not there. Ends when the signal aborts. */
  async *follow(id: number, signal: AbortSignal): AsyncGenerator<State | null, void> {
    if (signal.aborted) return;
    const watcher: Watcher<State> = { news: null, wake: () => {} };
    const wake = () => watcher.wake();
    signal.addEventListener('abort', wake, { once: true });
    this.join(id, watcher);
    try {
      while (!signal.aborted) {
        const { news } = watcher;
        watcher.news = null;
        if (!news) {
          await new Promise<void>((resolve) => {
            watcher.wake = resolve;
          });
        } else if ('error' in news) throw news.error;
        else yield news.state;
      }
    } finally {
      signal.removeEventListener('abort', wake);
      this.leave(id, watcher);
    }
  }

  private join(id: number, watcher: Watcher<State>): void {
    const watched = this.watched.get(id) ?? { dueAt: 0, watchers: new Set() };
    this.watched.set(id, watched);
    watched.watchers.add(watcher);
    if (watched.state !== undefined) watcher.news = { state: watched.state };
    if (this.isLooking) this.wakeLooking();
    else void this.keepLooking();
  }

  private leave(id: number, watcher: Watcher<State>): void {
    const watched = this.watched.get(id);
    watched?.watchers.delete(watcher);
    if (watched?.watchers.size === 0) this.watched.delete(id);
    if (this.watched.size === 0) this.wakeLooking();
  }

  private async keepLooking(): Promise<void> {
    this.isLooking = true;
    // Those who come together are looked at together.
    await breathe();
    while (this.watched.size > 0) {
      const now = performance.now();
      const due = new Map([...this.watched].filter(([, { dueAt }]) => dueAt <= now));
      if (due.size > 0) await this.lookAt(due, now);
      else await this.pauseUntilDue(now);
    }
    this.isLooking = false;
  }

  private async pauseUntilDue(now: number): Promise<void> {
    const next = Math.min(...[...this.watched.values()].map(({ dueAt }) => dueAt));
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, next - now);
      this.wakeLooking = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.wakeLooking = () => {};
  }

  private async lookAt(due: ReadonlyMap<number, Watched<State>>, now: number): Promise<void> {
    const { look, isSame, onFailure, everyMs } = this.options;
    for (const watched of due.values()) watched.dueAt = Math.round((now + everyMs) / stepMs) * stepMs;
    try {
      const states = await look([...due.keys()]);
      for (const [id, watched] of due) {
        const state = states.get(id) ?? null;
        const { state: before } = watched;
        if (before !== undefined && (before === null || state === null ? before === state : isSame(before, state)))
          continue;
        watched.state = state;
        await tell(watched.watchers, { state });
      }
    } catch (error) {
      onFailure(error);
      for (const { state, watchers } of due.values()) if (state === undefined) await tell(watchers, { error });
    }
  }
}

async function tell<State>(watchers: ReadonlySet<Watcher<State>>, news: Watcher<State>['news']): Promise<void> {
  let told = 0;
  for (const watcher of watchers) {
    watcher.news = news;
    watcher.wake();
    told += 1;
    if (told % toldAtOnce === 0) await breathe();
  }
}
