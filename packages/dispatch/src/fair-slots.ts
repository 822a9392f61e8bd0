interface TurnOf {
  readonly mailingId: number;
  readonly claimedAt: number;
}

interface Waiter {
  readonly claimedAt: number;
  resolve(): void;
}

/**
 * Requests in flight at once, over all mailings of a worker. When all slots are taken, mailings get the next ones turn by
 * turn, so that one with a long backlog does not starve another. Within a mailing the lease that was claimed first comes
 * first: ranges that went on abreast would end together, and nobody would ask while all their lanes write and claim.
 *
 * @example
 * if (!slots.tryTake()) await slots.take(lease);
 * try { await ask(); } finally { slots.give(); }
 */
export class FairSlots {
  /** Who waits, by mailing; the mailing whose turn it is comes first. */
  private readonly waiting = new Map<number, Waiter[]>();

  constructor(private free: number) {}

  /** Takes a slot if one is free. */
  tryTake(): boolean {
    if (this.free === 0) return false;
    this.free -= 1;
    return true;
  }

  /** Waits for the mailing's turn. */
  take({ mailingId, claimedAt }: TurnOf): Promise<void> {
    return new Promise((resolve) => {
      const waiter = { claimedAt, resolve };
      const queue = this.waiting.get(mailingId);
      if (!queue) this.waiting.set(mailingId, [waiter]);
      else {
        const later = queue.findIndex((other) => other.claimedAt > claimedAt);
        queue.splice(later < 0 ? queue.length : later, 0, waiter);
      }
    });
  }

  give(): void {
    const turn = this.waiting.entries().next();
    if (turn.done) {
      this.free += 1;
      return;
    }
    const [mailingId, queue] = turn.value;
    queue.shift()?.resolve();
    if (queue.length > 0 && this.waiting.size === 1) return;
    this.waiting.delete(mailingId);
    if (queue.length > 0) this.waiting.set(mailingId, queue);
  }
}
