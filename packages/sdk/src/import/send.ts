import type { Transport } from '../transport.js';
import type { Body, ImportProgress } from './source.js';
import type { Stall } from './stall.js';

/** A request without its body. */
export interface Sending {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  readonly stall: Stall;
}

/** A way to send a body, and be answered. */
export type Send = (
  transport: Transport,
  sending: Sending,
  body: Body,
  onProgress: (progress: ImportProgress) => void,
) => Promise<Response>;
