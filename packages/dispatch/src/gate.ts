import { setTimeout as sleep } from 'node:timers/promises';
import { Evidence, isTokenRefused, isWell } from './evidence.js';
import type { Lease } from './lease.js';
import type { DispatchLogger } from './logger.js';
import type { Outcome } from './provider.js';
import type { DispatchSettings } from './settings.js';
import type { ClaimedMessage, Fault, GateState, SeenFault, SharedLimits } from './store.js';

/** How a message goes through: as one of many, or as a trial: of this worker's way alone, or of everybody's. */
export type Pass = 'free' | 'own' | 'shared';

/** How soon somebody who waits at the gate looks again. */
const lookEveryMs = 50;

interface GateDeps {
  store: SharedLimits;
  provider: string;
  settings: Pick<DispatchSettings, 'breaker' | 'timeoutMs' | 'trouble'>;
  logger: DispatchLogger;
}

/** That this worker found the provider sick, or its own token refused. */
interface OwnFault extends Fault {
  /** Whether no other worker lives: then what is known here is known of everybody. */
  isAlone: boolean;
  times: number;
  tryAt: number;
}

interface Waiter {
  readonly lease: Lease;
  readonly message: ClaimedMessage;
}

/*
 * closed. Requests go through. Each worker watches its own attempts. When they fail, it stops for itself: the fault may be
 *   its own (a wrong token, a broken line). When a second worker has the same fault, or no other lives, the gate opens for
 *   all.
 * stopped here alone. The worker gives its ranges to the others, and tries now and then by itself, with one message.
 * open. Nobody asks until a pause is over, which doubles each time and is never shorter than the provider asked for.
 * half open. One message, of any worker, is the trial. Accepted or refused: closed. Anything else: open again. Should
 *   that worker die, another tries when its time is over.
 *
 * Each trial is another message, of another mailing if one waits, and one without failures before one with many. While the
 * gate is open, waiting messages keep their range and their attempts; the end of their mailing, a pause or a closing window
 * takes them from the queue.
 */

/** The circuit breaker of a provider: what this worker found, and what the store says of all. */
export class Gate {
  private known: GateState = { state: 'closed' };
  private probeAt = 0;
  private own: OwnFault | null = null;
  private triedMailingId: number | null = null;
  private readonly waiting = new Set<Waiter>();
  private readonly evidence: Evidence;

  constructor(private readonly deps: GateDeps) {
    this.evidence = new Evidence(deps.settings);
  }

  /** Asks the store how things stand; called with every renewal of leases. */
  async look(): Promise<void> {
    const askedAt = performance.now();
    const seen = await this.deps.store.gate(this.deps.provider);
    if (seen.state === 'closed' && this.known.state !== 'closed') {
      this.evidence.reset();
      if (this.own) this.own.tryAt = Math.min(this.own.tryAt, askedAt);
      this.deps.logger.info({ provider: this.deps.provider }, 'the provider takes requests again');
    }
    this.known = seen;
    if (seen.state === 'closed') return;
    this.probeAt = askedAt + seen.probeInMs;
    this.triedMailingId = seen.triedMailingId;
  }

  /** Nobody has to wait. */
  get isClosed(): boolean {
    return this.own === null && this.known.state === 'closed';
  }

  /** What keeps this worker from sending while others may; null when nothing does. */
  get ownFault(): Fault | null {
    const { own } = this;
    return own && !own.isAlone && (own.fault === 'credentials' || this.known.state === 'closed') ? own : null;
  }

  /** Whether this worker may claim ranges: not while it is stopped alone, for others can send them. */
  get admitsLanes(): boolean {
    return !this.isStoppedAlone || performance.now() >= this.own!.tryAt;
  }

  /** Whether the provider takes other messages: one that fails meanwhile has a trouble of its own. */
  get othersDoWell(): boolean {
    return this.evidence.othersDoWell();
  }

  /** Waits until a message may go through; null when the lease is over first, or others are to have the range. */
  async pass(lease: Lease, message: ClaimedMessage): Promise<Pass | null> {
    const waiter = { lease, message };
    this.waiting.add(waiter);
    try {
      for (;;) {
        if (this.isClosed) return 'free';
        if (lease.verdict() === 'over' || !this.admitsLanes) return null;
        const pass = this.isNext(waiter) ? await this.takeTrial(waiter) : null;
        if (pass) return pass;
        await sleep(lookEveryMs);
      }
    } finally {
      this.waiting.delete(waiter);
    }
  }

  /** Learns from an attempt as most are, at no cost: false when it was none of them, and `saw` is to learn from it. */
  sawWell(outcome: Outcome, pass: Pass): boolean {
    if (pass !== 'free' || !isWell(outcome)) return false;
    this.evidence.well();
    return true;
  }

  /** Learns from an attempt that was a trial, or failed. */
  async saw(outcome: Outcome, pass: Pass, message: ClaimedMessage): Promise<void> {
    if (pass !== 'free') return isWell(outcome) ? this.recover(pass) : this.failTrial(outcome, pass, message);
    if (this.isClosed && this.evidence.failure(message, outcome)) await this.stop(outcome);
  }

  private get isStoppedAlone(): boolean {
    return this.own !== null && !this.own.isAlone && this.known.state === 'closed';
  }

  /** How long others have the first chance to try. */
  private get graceMs(): number {
    return this.deps.settings.breaker.firstMs / 2;
  }

  private isTroubled({ attempts }: ClaimedMessage): boolean {
    return attempts >= this.deps.settings.trouble.after;
  }

  private isNext(waiter: Waiter): boolean {
    const rank = ({ lease, message }: Waiter) =>
      Number(this.isTroubled(message)) * 4 +
      Number(lease.mailingId === this.triedMailingId) * 2 +
      Number(message.attempts > 0);
    const waiting = [...this.waiting].filter((each) => each === waiter || each.lease.verdict() !== 'over');
    const first = waiting.reduce((best, each) => (rank(each) < rank(best) ? each : best));
    return first === waiter;
  }

  private async takeTrial(waiter: Waiter): Promise<Pass | null> {
    const now = performance.now();
    const triesUntil = now + this.deps.settings.timeoutMs + 1_000;
    if (this.own && now < this.own.tryAt) return null;
    if (this.known.state !== 'closed' && (now < this.probeAt || !(await this.takeProbe(waiter)))) return null;
    const pass = this.known.state === 'closed' ? 'own' : 'shared';
    if (pass === 'own' && !this.own) return 'free';
    if (this.own) this.own.tryAt = triesUntil;
    this.triedMailingId = waiter.lease.mailingId;
    return pass;
  }

  private async takeProbe({ lease, message }: Waiter): Promise<boolean> {
    const { store, provider, settings, logger } = this.deps;
    const { graceMs } = this;
    const reasonsToWait = Number(this.isTroubled(message)) + Number(this.own !== null && !this.own.isAlone);
    try {
      const isMine = await store.takeProbe(provider, {
        leaseMs: settings.timeoutMs + 1_000,
        mailingId: lease.mailingId,
        sameMailingWaitsMs: graceMs,
        waitsMs: reasonsToWait * graceMs,
      });
      await this.look();
      return isMine;
    } catch (error) {
      logger.warn({ err: error, provider }, 'the gate could not be asked, trying again');
      return false;
    }
  }

  /** Closes this worker's way, and everybody's if the fault is not this worker's alone. */
  private async stop(outcome: Outcome): Promise<void> {
    const { provider, logger } = this.deps;
    const fault = toFault(outcome);
    this.blameOwn(fault, outcome);
    logger.error({ provider, ...fault }, 'the provider is sick, or refuses this worker: its requests are stopped');
    const seen = await this.report(fault);
    if (seen?.isAlone || seen?.othersHaveIt) await this.trip(outcome);
    this.learnAlone(seen);
  }

  private async failTrial(outcome: Outcome, pass: Pass, message: ClaimedMessage): Promise<void> {
    if (this.own) this.putOff(this.own, outcome);
    if (pass === 'shared') await this.trip(outcome, this.isTroubled(message));
    const fault = toFault(outcome);
    if (!this.own && isTokenRefused(outcome)) this.blameOwn(fault, outcome);
    if (!this.own) return;
    Object.assign(this.own, fault);
    const seen = await this.report(fault);
    if (pass === 'own' && seen?.isAlone) await this.trip(outcome);
    this.learnAlone(seen);
  }

  /** Until the others are known, it holds what it has. */
  private blameOwn(fault: Fault, outcome: Outcome): void {
    this.own = { ...fault, isAlone: true, times: 0, tryAt: 0 };
    this.putOff(this.own, outcome);
  }

  private learnAlone(seen: SeenFault | null): void {
    if (seen && this.own) this.own.isAlone = seen.isAlone;
  }

  /** Tells the other workers, and learns of theirs. */
  private async report(fault: Fault): Promise<SeenFault | null> {
    let seen: SeenFault | null = null;
    await this.tell(async () => {
      seen = await this.deps.store.reportFault(this.deps.provider, fault);
    });
    return seen;
  }

  private putOff(own: OwnFault, outcome: Outcome): void {
    const { firstMs, longestMs } = this.deps.settings.breaker;
    const pauseMs = Math.min(longestMs, firstMs * 2 ** Math.min(own.times, 20));
    own.tryAt = performance.now() + Math.max(pauseMs, retryAfterMs(outcome));
    own.times += 1;
  }

  /** A trial that a troubled message failed says little: another is due soon. */
  private async trip(outcome: Outcome, isTroubled = false): Promise<void> {
    const { store, provider, settings, logger } = this.deps;
    const { firstMs, longestMs } = settings.breaker;
    const { fault, detail } = toFault(outcome);
    const atLeastMs = retryAfterMs(outcome);
    this.known = { state: 'open', probeInMs: firstMs, detail, triedMailingId: this.triedMailingId };
    this.probeAt = performance.now() + Math.max(firstMs, atLeastMs);
    // From now on the pause of all is this worker's, too.
    if (this.own) this.own.tryAt = 0;
    logger.error({ provider, fault, detail }, 'the provider is sick: requests are stopped, one will try again');
    const most = isTroubled ? Math.min(longestMs, firstMs * 5) : longestMs;
    await this.tell(() => store.trip(provider, { fault, detail, firstMs, longestMs: most, atLeastMs }));
  }

  private async recover(pass: Pass): Promise<void> {
    const { store, provider, logger } = this.deps;
    const { own } = this;
    this.own = null;
    this.evidence.reset();
    this.evidence.well();
    if (own) logger.info({ provider, fault: own.fault }, 'the provider takes this worker’s requests again');
    await this.tell(async () => {
      if (own) await store.clearFault(provider);
      if (pass === 'shared') await store.recover(provider);
    });
  }

  /** What could not be told is no reason to lose an outcome; the next look shows how things stand. */
  private async tell(what: () => Promise<void>): Promise<void> {
    try {
      await what();
      await this.look();
    } catch (error) {
      this.deps.logger.warn({ err: error, provider: this.deps.provider }, 'the state of the gate could not be written');
    }
  }
}

const toFault = (outcome: Outcome): Fault => ({
  fault: isTokenRefused(outcome) ? 'credentials' : 'provider',
  httpStatus: outcome.httpStatus ?? null,
  detail: outcome.kind === 'accepted' ? '' : outcome.detail,
});

const retryAfterMs = (outcome: Outcome) => (outcome.kind === 'busy' && outcome.retryAfterMs) || 0;
