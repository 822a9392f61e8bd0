import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@showroom/database';
import { Mutex } from 'async-mutex';
import { type AccountAddress, beginAttempt, endAttempt } from './known-addresses.js';

/** How many attempts wait in one process for the one that is being made. */
const mostWaiting = 4;
/** How long the first of them waits for another process. */
const patienceMs = 2_000;
const askAgainMs = 50;

interface Queue {
  readonly mutex: Mutex;
  length: number;
}

/**
 * Makes one attempt at a time for an account from a known address, in all server processes together. Attempts queue for
 * their turn, so a neighbour who keeps guessing delays the owner of the account, and does not lock them out.
 */
export class OneAttemptAtATime {
  private readonly queues = new Map<string, Queue>();

  constructor(private readonly database: Database) {}

  /** @returns null when too many wait, or when other processes keep the turn for too long */
  async run<T>(whose: AccountAddress, attempt: () => Promise<T>): Promise<T | null> {
    const name = `${whose.userId} ${whose.network}`;
    const queue = this.queues.get(name) ?? { mutex: new Mutex(), length: 0 };
    if (queue.length > mostWaiting) return null;
    this.queues.set(name, queue);
    queue.length += 1;
    try {
      return await queue.mutex.runExclusive(() => this.runAlone(whose, attempt));
    } finally {
      queue.length -= 1;
      if (queue.length === 0) this.queues.delete(name);
    }
  }

  private async runAlone<T>(whose: AccountAddress, attempt: () => Promise<T>): Promise<T | null> {
    const until = await this.begin(whose);
    if (until === null) return null;
    try {
      return await attempt();
    } finally {
      await endAttempt(this.database, whose, until);
    }
  }

  private async begin(whose: AccountAddress): Promise<string | null> {
    for (const deadline = performance.now() + patienceMs; ; await sleep(askAgainMs)) {
      const until = await beginAttempt(this.database, whose);
      if (until !== null || performance.now() >= deadline) return until;
    }
  }
}
