import type { LimitFunction } from 'p-limit';
import { backoffMs } from './backoff.js';
import type { Lease } from './lease.js';
import type { DispatchLogger } from './logger.js';
import type { OutcomeWriter } from './outcome-writer.js';
import type { Outcome, Provider } from './provider.js';
import type { DispatchSettings } from './settings.js';
import type { ClaimedMessage, ClaimedRange, Settlement } from './store.js';

export interface RangeSenderDeps {
  provider: Provider;
  settings: DispatchSettings;
  limit: LimitFunction;
  writer: OutcomeWriter;
  logger: DispatchLogger;
}

/**
 * Asks the provider with every message of a leased range, as many at once as the worker's limit allows, and hands the
 * outcomes to the writer. Messages whose turn comes when the lease says no any more stay open: nothing was asked.
 */
export async function sendRange(deps: RangeSenderDeps, range: ClaimedRange, lease: Lease): Promise<void> {
  await Promise.all(
    range.messages.map((message) =>
      deps.limit(async () => {
        if (lease.mayAsk()) deps.writer.push(await sendOne(deps, message, lease));
      }),
    ),
  );
}

async function sendOne(deps: RangeSenderDeps, message: ClaimedMessage, lease: Lease): Promise<Settlement> {
  const { rangeId } = lease;
  if (message.phone === null) return { rangeId, messageId: message.id, status: 'canceled' };
  const outgoing = { id: message.id, phone: message.phone, text: lease.text };
  const timeoutMs = Math.min(deps.settings.timeoutMs, lease.msToEnd());
  const outcome = await deps.provider.send(outgoing, timeoutMs);
  if (outcome.kind !== 'accepted')
    deps.logger.debug({ message: message.id, ...outcome }, 'the provider did not accept');
  return toSettlement(deps, message, rangeId, outcome);
}

/** Busy is asked again later; unknown too, where asking twice delivers once. Everything else is an end. */
function toSettlement(
  { settings, provider }: RangeSenderDeps,
  message: ClaimedMessage,
  rangeId: number,
  outcome: Outcome,
): Settlement {
  const to = { rangeId, messageId: message.id };
  if (outcome.kind === 'accepted') return { ...to, status: 'sent' };
  if (outcome.kind === 'refused') return { ...to, status: 'failed' };
  if (outcome.kind === 'unknown' && !provider.idempotent) return { ...to, status: 'unknown' };
  const attempts = message.attempts + 1;
  const retryAfterMs = outcome.kind === 'busy' ? outcome.retryAfterMs : undefined;
  const dueInMs = backoffMs(settings.backoffMs, attempts, retryAfterMs);
  return { ...to, status: 'pending', attempts, dueInMs, outcome: outcome.kind, detail: outcome.detail };
}
