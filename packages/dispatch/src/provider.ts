import type { Origin } from './store.js';

/** What a provider is asked to deliver. `id` is the message's own and the idempotency key. */
export interface OutgoingMessage {
  readonly id: number;
  /** Keeps the contract's rule for phone numbers: who calls sees to that. */
  readonly phone: string;
  readonly text: string;
  readonly mailingId: number;
  readonly clientId: number;
  /** Where the mailing came from; a provider may be told. */
  readonly origin: Origin;
}

/**
 * What an attempt ended in.
 * - `accepted`: the provider took the message.
 * - `refused`: it never will; final.
 * - `busy`: not now; it did not take the message, or says so. Ask again later. With the fault `credentials` it does not
 *   take our token: no message's fault, and no message's turn.
 * - `unknown`: asked, and no answer told what became of it.
 */
export type Outcome =
  | ({ readonly kind: 'accepted' } & Partial<Answer>)
  | ({ readonly kind: 'refused' } & Failure)
  | ({ readonly kind: 'busy'; readonly retryAfterMs?: number; readonly fault?: 'credentials' } & Failure)
  | ({ readonly kind: 'unknown' } & Failure);

/** What the provider answered, as far as it did. */
interface Answer {
  readonly httpStatus: number;
  /** The code in the body. */
  readonly code: number;
}
type Failure = { readonly detail: string } & Partial<Answer>;

/** Who delivers. Declared by the engine that uses it; implemented in @showroom/providers. */
export interface Provider {
  readonly name: string;
  /** Whether asking twice with the same id delivers once. Where not, an `unknown` is never asked again by itself. */
  readonly idempotent: boolean;
  /**
   * Hands over one message and answers within `timeoutMs`. Does not throw: every failure is an outcome. `mayStart` is
   * asked when the request is about to be written, which a slow connection may delay: null when it says no, and then the
   * provider has seen nothing.
   */
  send(message: OutgoingMessage, timeoutMs: number, mayStart: () => boolean): Promise<Outcome | null>;
  close(): Promise<void>;
}
