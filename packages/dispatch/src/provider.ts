/** What a provider is asked to deliver. `id` is the message's own and the idempotency key. */
export interface OutgoingMessage {
  readonly id: number;
  readonly phone: string;
  readonly text: string;
}

/**
 * What an attempt ended in.
 * - `accepted`: the provider took the message.
 * - `refused`: it never will; final.
 * - `busy`: not now; it did not take the message, or says so. Ask again later.
 * - `unknown`: asked, and no answer told what became of it.
 */
export type Outcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'busy'; readonly detail: string; readonly retryAfterMs?: number }
  | { readonly kind: 'unknown'; readonly detail: string };

/** Who delivers. Declared by the engine that uses it; implemented in @showroom/providers. */
export interface Provider {
  readonly name: string;
  /** Whether asking twice with the same id delivers once. Where not, an `unknown` is never asked again by itself. */
  readonly idempotent: boolean;
  /** Hands over one message and answers within `timeoutMs`. Does not throw: every failure is an outcome. */
  send(message: OutgoingMessage, timeoutMs: number): Promise<Outcome>;
  close(): Promise<void>;
}
