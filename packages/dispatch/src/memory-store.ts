import type { MailingStatus } from '@showroom/contract';
import type { MemoryLedger, MemoryMessage, MemoryRange } from './memory-ledger.js';
import type {
  ClaimedMessage,
  ClaimResult,
  ClaimTerms,
  DispatchStore,
  DueWork,
  Fault,
  FinishResult,
  Hold,
  Renewal,
  Settlement,
  StartResult,
  Trial,
  Trip,
} from './store.js';

const nowhere = { requestId: null, traceParent: null };

/** A DispatchStore that keeps everything in memory: for tests of the engine, held to the same suite as PostgreSQL's. */
export class MemoryStore implements DispatchStore {
  readonly workerId: number;
  readonly introduce = async () => {};
  readonly gate = async () => this.ledger.limits.gate();
  readonly trip = async (_provider: string, trip: Trip) => this.ledger.limits.trip(trip);
  readonly takeProbe = async (_provider: string, trial: Trial) => this.ledger.limits.takeProbe(trial);
  readonly recover = async () => this.ledger.limits.recover();
  readonly reportFault = async (_provider: string, fault: Fault) =>
    this.ledger.limits.reportFault(this.workerId, this.ledger.liveWorkers, fault);
  readonly clearFault = async () => this.ledger.limits.clearFault(this.workerId);
  readonly takeTurns = async (name: string, perSecond: number, count: number) =>
    this.ledger.limits.takeTurns(name, perSecond, count);
  private readonly lost = new AbortController();

  constructor(private readonly ledger: MemoryLedger) {
    this.workerId = ++ledger.workers;
    ledger.liveWorkers.add(this.workerId);
  }

  async countWorkers(): Promise<number> {
    return this.ledger.liveWorkers.size;
  }

  /** As if the worker had been killed. */
  die(): void {
    this.ledger.liveWorkers.delete(this.workerId);
    this.lost.abort();
  }

  async start(mailingId: number): Promise<StartResult> {
    const mailing = this.ledger.mailings.get(mailingId);
    const now = performance.now();
    if (!mailing || mailing.deleted) return { kind: 'none' };
    if (mailing.status === 'running') return { kind: 'running', endsInMs: mailing.endAt - now };
    if (mailing.status !== 'scheduled') return { kind: 'none' };
    if (mailing.endAt <= now) {
      mailing.status = 'expired';
      return { kind: 'expired' };
    }
    if (mailing.startAt > now) return { kind: 'not_due', dueInMs: mailing.startAt - now };
    mailing.status = 'running';
    this.expand(mailingId, now);
    const audience = this.ledger.messagesOf(mailingId).length;
    return { kind: 'started', audience, endsInMs: mailing.endAt - now, origin: nowhere };
  }

  private expand(mailingId: number, now: number): void {
    const { clients, messages, ranges, rangeSize } = this.ledger;
    const first = this.ledger.lastMessageId + 1;
    const clientIds = [...clients.keys()];
    this.ledger.lastMessageId += clientIds.length;
    clientIds.forEach((clientId, n) => {
      messages.set(first + n, { id: first + n, mailingId, clientId, status: 'pending', reason: null, retry: null });
    });
    for (let n = 0; n < clientIds.length; n += rangeSize) {
      const size = Math.min(rangeSize, clientIds.length - n);
      const messageIds = Array.from({ length: size }, (_, k) => first + n + k);
      const free = { done: false, workerId: null, leasedUntil: 0, askedTo: 0, claimedAt: 0, withdrawn: [] };
      ranges.push({ id: first + n, mailingId, messageIds, dueAt: now, ...free });
    }
  }

  async claim(mailingId: number, { leaseMs, idempotent }: ClaimTerms): Promise<ClaimResult> {
    if (this.lost.signal.aborted) throw new Error('this worker is dead');
    const mailing = this.ledger.mailings.get(mailingId);
    const now = performance.now();
    if (mailing?.status === 'canceled' && !mailing.finished) return { kind: 'ended' };
    if (mailing?.status !== 'running' || mailing.deleted) return { kind: 'stopped' };
    const open = this.ledger.ranges.filter((range) => range.mailingId === mailingId && !range.done);
    if (open.length === 0) return { kind: 'done' };
    if (mailing.endAt <= now) return { kind: 'ended' };
    if (this.ledger.isStopped) return { kind: 'stopped' };
    const free = open.filter((range) => !this.ledger.isHeld(range, now));
    const othersWork = free.length < open.length;
    const range = free.find(({ dueAt }) => dueAt <= now);
    if (!range) {
      return { kind: 'wait', waitMs: Math.min(othersWork ? 1_000 : 1e9, ...free.map(({ dueAt }) => dueAt - now)) };
    }
    if (!idempotent) this.giveUpUnanswered(range);
    const unanswered = new Set(this.ledger.unansweredOf(range).map(({ id }) => id));
    Object.assign(range, { workerId: this.workerId, leasedUntil: now + leaseMs, claimedAt: now, withdrawn: [] });
    const messages = range.messageIds.map((id) => this.ledger.message(id)).filter((message) => isAskable(message, now));
    return {
      kind: 'range',
      hold: { rangeId: range.id, workerId: this.workerId, token: String(now) },
      text: mailing.text,
      origin: nowhere,
      endsInMs: mailing.endAt - now,
      closesInMs: null,
      perSecond: null,
      messages: messages.map((message) => this.toClaimed(message, unanswered.has(message.id))),
      lost: this.lost.signal,
    };
  }

  private toClaimed({ id, clientId, retry }: MemoryMessage, unanswered: boolean): ClaimedMessage {
    const phone = this.ledger.clients.get(clientId) ?? null;
    const attempts = retry?.attempts ?? 0;
    return { id, clientId, phone, attempts, unanswered: unanswered || retry?.outcome === 'unknown' };
  }

  private giveUpUnanswered(range: MemoryRange): void {
    for (const message of this.ledger.unansweredOf(range)) message.status = 'unknown';
    range.askedTo = 0;
  }

  private held({ rangeId, workerId, token }: Hold): MemoryRange | undefined {
    return this.ledger.ranges.find(
      (range) => range.id === rangeId && range.workerId === workerId && String(range.claimedAt) === token,
    );
  }

  async mark(hold: Hold, toId: number): Promise<boolean> {
    const range = this.held(hold);
    if (range) range.askedTo = Math.max(range.askedTo, toId);
    return range !== undefined;
  }

  async renew(holds: readonly Hold[], leaseMs: number): Promise<Renewal[]> {
    const now = performance.now();
    return holds.flatMap((hold) => {
      const range = this.held(hold);
      if (!range) return [];
      range.leasedUntil = now + leaseMs;
      const mailing = this.ledger.mailings.get(range.mailingId);
      const running = mailing?.status === 'running' && !mailing.deleted && !this.ledger.isStopped;
      const endsInMs = (mailing?.endAt ?? now) - now;
      const { rangeId, token } = hold;
      const text = mailing?.text ?? '';
      const { withdrawn } = range;
      return [{ rangeId, token, text, endsInMs, closesInMs: null, perSecond: null, running, withdrawn }];
    });
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    const now = performance.now();
    for (const settlement of settlements) {
      const message = this.ledger.messages.get(settlement.messageId);
      if (message?.status !== 'pending') continue;
      if (settlement.status === 'pending') {
        const { attempts, dueInMs, outcome } = settlement;
        message.retry = { attempts, outcome, dueAt: now + dueInMs };
      } else {
        message.status = settlement.status;
        if (settlement.status === 'canceled') message.reason = settlement.reason;
      }
    }
  }

  async release(hold: Hold): Promise<void> {
    const range = this.held(hold);
    if (!range) return;
    const open = range.messageIds.map((id) => this.ledger.message(id)).filter(({ status }) => status === 'pending');
    range.workerId = null;
    range.askedTo = 0;
    range.done = open.length === 0;
    range.dueAt = Math.min(...open.map(({ retry }) => retry?.dueAt ?? performance.now()));
    this.ledger.settleWithdrawn(range);
  }

  async finish(mailingId: number): Promise<FinishResult> {
    const mailing = this.ledger.mailings.get(mailingId);
    const now = performance.now();
    const isCanceled = mailing?.status === 'canceled' && !mailing.finished;
    const isOpen = mailing?.status === 'running' || mailing?.status === 'paused' || isCanceled;
    if (!mailing || !isOpen || mailing.deleted) return { kind: 'none' };
    const open = this.ledger.ranges.filter((range) => range.mailingId === mailingId && !range.done);
    if (open.length > 0 && mailing.endAt > now && !isCanceled) return { kind: 'wait', waitMs: mailing.endAt - now };
    if (open.some((range) => this.ledger.isHeld(range, now))) return { kind: 'wait', waitMs: 200 };
    for (const range of open) this.end(range, isCanceled ? 'canceled' : 'expired');
    mailing.finished = true;
    const expired = this.ledger.messagesOf(mailingId).some(({ status }) => status === 'expired');
    if (isCanceled) return { kind: 'finished', status: 'canceled' };
    mailing.status = expired ? 'expired' : 'completed';
    return { kind: 'finished', status: mailing.status };
  }

  private end(range: MemoryRange, status: 'expired' | 'canceled'): void {
    this.giveUpUnanswered(range);
    range.done = true;
    for (const message of range.messageIds.map((id) => this.ledger.message(id))) {
      if (message.status === 'pending') message.status = message.retry?.outcome === 'unknown' ? 'unknown' : status;
    }
  }

  async due(horizonMs: number): Promise<DueWork> {
    const now = performance.now();
    for (const range of this.ledger.ranges) this.ledger.settleWithdrawn(range);
    const live = [...this.ledger.mailings].filter(([, { deleted }]) => !deleted);
    const isRunning = (status: MailingStatus) => status === 'running' && !this.ledger.isStopped;
    const running = live.filter(([, { status }]) => isRunning(status)).map(([id]) => id);
    const openOf = (id: number) => this.ledger.ranges.filter((range) => range.mailingId === id && !range.done);
    const isOver = (id: number) => openOf(id).length === 0 || (this.ledger.mailings.get(id)?.endAt ?? 0) <= now;
    const isCanceled = (id: number) => this.ledger.mailings.get(id)?.status === 'canceled';
    const unfinished = live.filter(([, { finished, status }]) => !finished && status !== 'scheduled').map(([id]) => id);
    return {
      starts: live
        .filter(([, { status, startAt }]) => status === 'scheduled' && startAt <= now + horizonMs)
        .map(([mailingId, { startAt }]) => ({ mailingId, dueInMs: Math.max(0, startAt - now) })),
      sends: running.filter(
        (id) => !isOver(id) && openOf(id).some((r) => r.dueAt <= now && !this.ledger.isHeld(r, now)),
      ),
      finishes: unfinished.filter((id) => isOver(id) || isCanceled(id)),
      purges: [...this.ledger.mailings].filter(([, { deleted }]) => deleted).map(([id]) => id),
    };
  }

  async purge(mailingId: number): Promise<boolean> {
    if (!this.ledger.mailings.get(mailingId)?.deleted) return true;
    for (const { id } of this.ledger.messagesOf(mailingId)) this.ledger.messages.delete(id);
    this.ledger.ranges = this.ledger.ranges.filter((range) => range.mailingId !== mailingId);
    this.ledger.mailings.delete(mailingId);
    return true;
  }
}

const isAskable = ({ status, retry }: MemoryMessage, now: number) =>
  status === 'pending' && (retry === null || retry.dueAt <= now);
