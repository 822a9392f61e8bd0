/**
 * Requests in flight at once, over all mailings of a worker. When all slots are taken, mailings get the next ones turn by
 * turn, so that one with a long backlog does not starve another.
 *
 * @example
 * if (!slots.tryTake()) await slots.take(mailingId);
 * try { await ask(); } finally { slots.give(); }
 */
export class FairSlots {
  /** Who waits, by mailing; the mailing whose turn it is comes first. */
  private readonly waiting = new Map<number, (() => void)[]>();

  constructor(private free: number) {}

  /** Takes a slot if one is free. */
  tryTake(): boolean {
    if (this.free === 0) return false;
    this.free -= 1;
    return true;
  }

  /** Waits for the mailing's turn. */
  take(mailingId: number): Promise<void> {
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
    queue.shift()?.();
    if (queue.length > 0 && this.waiting.size === 1) return;
    this.waiting.delete(mailingId);
    if (queue.length > 0) this.waiting.set(mailingId, queue);
  }
}
