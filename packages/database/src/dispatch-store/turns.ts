/** Lets so many work at a time; the others wait in line, for so long at most. */
export class Turns {
  private free: number;
  private readonly waiting = new Set<() => void>();

  constructor(
    most: number,
    private readonly patienceMs: number,
  ) {
    this.free = most;
  }

  /** @returns what ends the turn */
  async take(): Promise<() => void> {
    if (this.free > 0) this.free -= 1;
    else await this.wait();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.give();
    };
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(begin);
        reject(new Error(`other long work of this worker was not over within ${this.patienceMs / 1_000} s`));
      }, this.patienceMs);
      this.waiting.add(begin);
    });
  }

  private give(): void {
    const [next] = this.waiting;
    if (!next) {
      this.free += 1;
      return;
    }
    this.waiting.delete(next);
    next();
  }
}
