import { setTimeout as sleep } from 'node:timers/promises';
import { isPhoneNumber } from '@showroom/contract';
import { backoffMs } from './backoff.js';
import type { FairSlots } from './fair-slots.js';
import type { Gate, Pass } from './gate.js';
import type { Lease } from './lease.js';
import type { DispatchLogger } from './logger.js';
import type { DispatchObserver } from './observer.js';
import type { OutcomeWriter } from './outcome-writer.js';
import type { Pacers } from './pacer.js';
import type { Outcome, Provider } from './provider.js';
import type { DispatchSettings } from './settings.js';
import type { ClaimedMessage, ClaimedRange, DispatchStore, MessageEvent, Settlement } from './store.js';
import { withBadNumber, withoutClient } from './unaskable.js';
import { type MarkStride, WaterMark } from './water-mark.js';
import { Withdrawals } from './withdrawals.js';

export interface RangeSenderDeps {
  store: DispatchStore;
  provider: Provider;
  settings: DispatchSettings;
  slots: FairSlots;
  gate: Gate;
  pacers: Pacers;
  stride: MarkStride;
  writer: OutcomeWriter;
  logger: DispatchLogger;
  observer: DispatchObserver;
}

/** How soon a lane looks again whether it knows enough to ask. */
const knowAgainMs = 10;

/**
 * Asks the provider with the messages of a leased range, one after the other and many at once, and hands the outcomes to
 * the writer. Each message passes, in this order: the water mark → its mailing's rate → the gate → the rate of all → a
 * slot → the lease. What does not get through stays open: nothing was asked with it now.
 */
export async function sendRange(deps: RangeSenderDeps, range: ClaimedRange, lease: Lease): Promise<void> {
  const startedAt = performance.now();
  const mark = new WaterMark(deps.store, lease, range.messages, deps.stride, deps.logger);
  const withdrawals = new Withdrawals(range, deps.writer);
  lease.whenWithdrawn = (ids) => withdrawals.learn(ids);
  const answers: Promise<void>[] = [];
  for (const [index, message] of range.messages.entries()) {
    if (withdrawals.has(message.id)) continue;
    if (message.phone === null) {
      deps.writer.push(withoutClient(message, lease.hold.rangeId));
      continue;
    }
    if (!isPhoneNumber(message.phone)) {
      deps.writer.push(withBadNumber(message, message.phone, lease.hold.rangeId));
      continue;
    }
    const pass = await admit(deps, lease, mark, index, message);
    if (pass === null) {
      const unasked = range.messages.slice(index).filter(({ id }) => !withdrawals.has(id));
      for (const each of unasked) keepDoubt(deps.writer, each, lease);
      break;
    }
    if (withdrawals.has(message.id)) {
      // Deleted while it waited. If it was the one that tries the provider, another does when its time is over.
      deps.slots.give();
      continue;
    }
    withdrawals.began(index);
    answers.push(ask(deps, message, message.phone, lease, pass, withdrawals));
  }
  await Promise.all(answers);
  deps.stride.learn(answers.length, performance.now() - startedAt);
}

/** Most messages find every door open: only what has to wait costs an await. */
async function admit(
  deps: RangeSenderDeps,
  lease: Lease,
  mark: WaterMark,
  index: number,
  message: ClaimedMessage,
): Promise<Pass | null> {
  const { gate, pacers, settings, slots } = deps;
  const { mailingId, perSecond } = lease;
  const isCovered = mark.covers(index);
  if (isCovered !== true && !(await isCovered)) return null;
  if (perSecond !== null && !(await pacers.of(mailingId).take(perSecond, lease))) return null;
  const pass = gate.isClosed ? 'free' : await gate.pass(lease, message);
  if (pass === null) return null;
  if (settings.perSecond !== null && !(await pacers.all.take(settings.perSecond, lease))) return null;
  if (!slots.tryTake()) await slots.take(lease);
  if (lease.verdict() === 'ask' || (await mayAsk(lease))) return pass;
  slots.give();
  return null;
}

async function mayAsk(lease: Lease): Promise<boolean> {
  let verdict = lease.verdict();
  while (verdict === 'wait') {
    await sleep(knowAgainMs);
    verdict = lease.verdict();
  }
  return verdict === 'ask';
}

async function ask(
  deps: RangeSenderDeps,
  message: ClaimedMessage,
  phone: string,
  lease: Lease,
  pass: Pass,
  withdrawals: Withdrawals,
): Promise<void> {
  const { observer } = deps;
  const startedAt = performance.now();
  observer.began();
  const { id, clientId } = message;
  const { text, mailingId, origin } = lease;
  const outgoing = { id, phone, text, mailingId, clientId, origin };
  const timeoutMs = Math.min(deps.settings.timeoutMs, lease.msToEnd());
  const mayStart = () => lease.verdict() === 'ask' && !withdrawals.has(id);
  const outcome = await deps.provider.send(outgoing, timeoutMs, mayStart);
  deps.slots.give();
  const tookMs = performance.now() - startedAt;
  observer.ended(outcome, tookMs);
  if (outcome === null) {
    keepDoubt(deps.writer, message, lease);
    return withdrawals.leftOpen(message, message.unanswered);
  }
  const latencyMs = Math.round(tookMs);
  if (outcome.kind !== 'accepted')
    deps.logger.debug({ mailing: mailingId, message: id, client: clientId, ...outcome }, 'the provider did not accept');
  const settlement = toSettlement(deps, message, lease.hold.rangeId, outcome, latencyMs);
  deps.writer.push(settlement);
  if (settlement.status === 'pending') withdrawals.leftOpen(message, settlement.outcome === 'unknown');
  if (!deps.gate.sawWell(outcome, pass)) await deps.gate.saw(outcome, pass, message);
}

/**
 * A message that this lease had no time for, and that a dead worker may have asked: it is written down as asked into
 * silence, for giving the range back takes away the mark that says so.
 */
function keepDoubt(writer: OutcomeWriter, { id, attempts, unanswered }: ClaimedMessage, { hold }: Lease): void {
  if (!unanswered) return;
  const { rangeId } = hold;
  writer.push({ rangeId, messageId: id, event: null, status: 'pending', attempts, dueInMs: 0, outcome: 'unknown' });
}

/**
 * Busy is asked again later; unknown too, where asking twice delivers once. Everything else is an end. Once an attempt
 * went without an answer, only an accepted one takes the doubt away: a refusal later does not say what the first did.
 */
function toSettlement(
  { settings, provider, gate }: RangeSenderDeps,
  message: ClaimedMessage,
  rangeId: number,
  outcome: Outcome,
  latencyMs: number,
): Settlement {
  const attempt = message.attempts + 1;
  const isFirst = attempt === 1 && !message.unanswered;
  if (outcome.kind === 'accepted' && isFirst) return { rangeId, messageId: message.id, event: null, status: 'sent' };
  const to = { rangeId, messageId: message.id, event: toEvent(outcome, attempt, latencyMs) };
  if (outcome.kind === 'accepted') return { ...to, status: 'sent' };
  const isInDoubt = message.unanswered || outcome.kind === 'unknown';
  if (outcome.kind === 'refused') return { ...to, status: isInDoubt ? 'unknown' : 'failed' };
  if (outcome.kind === 'unknown' && !provider.idempotent) return { ...to, status: 'unknown' };
  const retryAfterMs = outcome.kind === 'busy' ? outcome.retryAfterMs : undefined;
  const isTroubled = attempt >= settings.trouble.after && gate.othersDoWell;
  const { first, longest } = settings.backoffMs;
  const most = isTroubled ? Math.max(longest, settings.trouble.longestMs) : longest;
  const dueInMs = backoffMs({ first, longest: most }, attempt, retryAfterMs);
  return { ...to, status: 'pending', attempts: attempt, dueInMs, outcome: isInDoubt ? 'unknown' : 'busy' };
}

const toEvent = (outcome: Outcome, attempt: number, latencyMs: number): MessageEvent => ({
  event: outcome.kind,
  attempt,
  httpStatus: outcome.httpStatus ?? null,
  code: outcome.code ?? null,
  latencyMs,
  detail: outcome.kind === 'accepted' ? '' : outcome.detail,
});
