/** Who wakes the engine: jobs that carry ids. Each call is a hint, idempotent and safe to lose. */
export interface DispatchClock {
  startIn(mailingId: number, delayMs: number): Promise<void>;
  send(mailingId: number, lane: number): Promise<void>;
  finishIn(mailingId: number, delayMs: number): Promise<void>;
  purge(mailingId: number): Promise<void>;
}
