import { setTimeout as sleep } from 'node:timers/promises';
import { CircuitState, SamplingBreaker } from 'cockatiel';
import type { Lease } from './lease.js';
import type { DispatchLogger } from './logger.js';
import type { Outcome } from './provider.js';
import type { DispatchSettings } from './settings.js';
import type { GateState, SharedLimits } from './store.js';

/** How a message goes through: as one of many, or as the one that tries whether the provider is well again. */
export type Pass = 'free' | 'probe';

/** How soon somebody who waits at the gate looks again. */
const lookEveryMs = 50;

interface GateDeps {
  store: SharedLimits;
  provider: string;
  settings: Pick<DispatchSettings, 'breaker' | 'timeoutMs'>;
  logger: DispatchLogger;
}

/*
 * closed. Requests go through. Each worker watches its own attempts; when more than a share of them fail, or the
 *   provider does not take our token, it trips the gate for all.
 * open. Nobody asks until a pause is over, which doubles each time and is never shorter than the provider asked for.
 * half open. One message, of any worker, is asked with. Accepted or refused: closed. Anything else: open again. Should
 *   that worker die, another tries when its time is over.
 *
 * Messages that wait here keep their range and their attempts; the end of their mailing, a pause or a closing window
 * takes them from the queue.
 */

/** The circuit breaker of a provider. The store keeps its state, so all workers have one; a library judges when to trip. */
export class Gate {
  private known: GateState = { state: 'closed' };
  private probeAt = 0;
  private judge: SamplingBreaker;

  constructor(private readonly deps: GateDeps) {
    this.judge = createJudge(deps.settings.breaker);
  }

  /** Asks the store how things stand; called with every renewal of leases. */
  async look(): Promise<void> {
    const askedAt = performance.now();
    const seen = await this.deps.store.gate(this.deps.provider);
    if (seen.state === 'closed' && this.known.state !== 'closed') {
      this.judge = createJudge(this.deps.settings.breaker);
      this.deps.logger.info({ provider: this.deps.provider }, 'the provider takes requests again');
    }
    this.known = seen;
    if (seen.state !== 'closed') this.probeAt = askedAt + seen.probeInMs;
  }

  /** Nobody has to wait. */
  get isClosed(): boolean {
    return this.known.state === 'closed';
  }

  /** Waits until a message may go through; null when the lease is over first. */
  async pass(lease: Lease): Promise<Pass | null> {
    for (;;) {
      if (this.known.state === 'closed') return 'free';
      if (lease.verdict() === 'over') return null;
      if (performance.now() >= this.probeAt && (await this.takeProbe())) return 'probe';
      await sleep(lookEveryMs);
    }
  }

  /** Learns from an attempt as most are, at no cost: false when it was none of them, and `saw` is to learn from it. */
  sawWell({ kind }: Outcome, pass: Pass): boolean {
    if (pass === 'probe' || !isWell(kind)) return false;
    this.judge.success(CircuitState.Closed);
    return true;
  }

  /** Learns from an attempt that tried the way, or failed. */
  async saw(outcome: Outcome, pass: Pass): Promise<void> {
    if (pass === 'probe') return isWell(outcome.kind) ? this.recover() : this.trip(outcome);
    if (this.isTooMuch(outcome) && this.known.state === 'closed') await this.trip(outcome);
  }

  private isTooMuch(outcome: Outcome): boolean {
    const isSick = this.judge.failure(CircuitState.Closed);
    return isSick || (outcome.kind === 'busy' && outcome.fault === 'credentials');
  }

  private async takeProbe(): Promise<boolean> {
    const { store, provider, settings, logger } = this.deps;
    const leaseMs = settings.timeoutMs + 1_000;
    try {
      const isMine = await store.takeProbe(provider, leaseMs);
      await this.look();
      return isMine;
    } catch (error) {
      logger.warn({ err: error, provider }, 'the gate could not be asked, trying again');
      return false;
    }
  }

  private async trip(outcome: Outcome): Promise<void> {
    const { store, provider, settings, logger } = this.deps;
    const { firstMs, longestMs } = settings.breaker;
    const fault = outcome.kind === 'busy' && outcome.fault ? outcome.fault : 'provider';
    const detail = outcome.kind === 'accepted' ? '' : outcome.detail;
    const atLeastMs = (outcome.kind === 'busy' && outcome.retryAfterMs) || 0;
    this.known = { state: 'open', probeInMs: firstMs, detail };
    this.probeAt = performance.now() + Math.max(firstMs, atLeastMs);
    logger.error({ provider, fault, detail }, 'the provider is sick: requests are stopped, one will try again');
    await this.tell(() => store.trip(provider, { fault, detail, firstMs, longestMs, atLeastMs }));
  }

  private async recover(): Promise<void> {
    await this.tell(() => this.deps.store.recover(this.deps.provider));
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

const isWell = (kind: Outcome['kind']) => kind === 'accepted' || kind === 'refused';

const createJudge = ({ share, windowMs, attempts }: DispatchSettings['breaker']) =>
  new SamplingBreaker({ threshold: share, duration: windowMs, minimumRps: attempts / (windowMs / 1_000) });
