/**
 * Requests in flight at once, over all mailings of a worker. When all slots are taken, mailings get the next ones turn by
 * turn, so that one with a long backlog does not starve another.
 *
 * @example
 * await slots.take(mailingId);
 * try { await ask(); } finally { slots.give(); }
 */
export class FairSlots {
  /** Who waits, by mailing; the mailing whose turn it is comes first. */
  private readonly waiting = new Map<number, (() => void)[]>();

  constructor(private free: number) {}

  take(mailingId: number): Promise<void> {
    if (this.free > 0) {
      this.free -= 1;
      return taken;
    }
    return new Promise((resolve) => {
      const queue = this.waiting.get(mailingId);
      if (queue) queue.push(resolve);
      else this.waiting.set(mailingId, [resolve]);
    });
  }

  give(): void {
    const turn = this.waiting.entries().next();
    if (turn.done) {
      this.free += 1;
      return;
    }
    const [mailingId, queue] = turn.value;
    this.waiting.delete(mailingId);
    queue.shift()?.();
    if (queue.length > 0) this.waiting.set(mailingId, queue);
  }
}

const taken = Promise.resolve();
