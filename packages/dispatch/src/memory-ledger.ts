import type { MailingStatus, MessageStatus } from '@showroom/contract';
import { MemoryLimits } from './memory-limits.js';
import type { CancelReason } from './store.js';

interface MemoryMailing {
  startAt: number;
  endAt: number;
  text: string;
  status: MailingStatus;
  deleted: boolean;
  finished: boolean;
}
export interface MemoryRange {
  id: number;
  mailingId: number;
  messageIds: number[];
  dueAt: number;
  done: boolean;
  workerId: number | null;
  leasedUntil: number;
  askedTo: number;
  claimedAt: number;
  withdrawn: number[];
}
export interface MemoryMessage {
  id: number;
  mailingId: number;
  clientId: number;
  status: MessageStatus;
  /** Of one that was canceled: by its turn, or with its client. */
  reason: CancelReason | null;
  retry: { attempts: number; dueAt: number; outcome: 'busy' | 'unknown' } | null;
}

/** What several memory stores (workers) share: the same tables as PostgreSQL's, in maps. */
export class MemoryLedger {
  readonly mailings = new Map<number, MemoryMailing>();
  readonly clients = new Map<number, string>();
  readonly messages = new Map<number, MemoryMessage>();
  ranges: MemoryRange[] = [];
  readonly liveWorkers = new Set<number>();
  workers = 0;
  /** As an operator stops all sending. */
  isStopped = false;
  lastMessageId = 0;
  readonly limits = new MemoryLimits();

  constructor(readonly rangeSize = 1_000) {}

  addMailing(mailing: { startsInMs: number; endsInMs: number; text?: string }): number {
    const id = this.mailings.size + 1;
    const now = performance.now();
    this.mailings.set(id, {
      startAt: now + mailing.startsInMs,
      endAt: now + mailing.endsInMs,
      text: mailing.text ?? 'hello',
      status: 'scheduled',
      deleted: false,
      finished: false,
    });
    return id;
  }

  changeMailing(
    id: number,
    { endsInMs, text, deleted, status }: { endsInMs?: number; text?: string; deleted?: true; status?: MailingStatus },
  ): void {
    const mailing = this.mailings.get(id);
    if (!mailing) throw new Error(`there is no mailing ${id}`);
    if (endsInMs !== undefined) mailing.endAt = performance.now() + endsInMs;
    if (text !== undefined) mailing.text = text;
    if (deleted) mailing.deleted = true;
    if (status) mailing.status = status;
  }

  /** Clients of phone numbers 79000000001 and so on; gives their ids. */
  addClients(count: number): number[] {
    return Array.from({ length: count }, () => {
      const id = this.clients.size + 1;
      this.clients.set(id, String(79_000_000_000 + id));
      return id;
    });
  }

  messagesOf(mailingId: number): MemoryMessage[] {
    return [...this.messages.values()].filter((message) => message.mailingId === mailingId);
  }

  isHeld(range: MemoryRange, now: number): boolean {
    return range.workerId !== null && range.leasedUntil > now && this.liveWorkers.has(range.workerId);
  }

  message(id: number): MemoryMessage {
    const message = this.messages.get(id);
    if (!message) throw new Error(`there is no message ${id}`);
    return message;
  }

  /** What may have been asked by a worker that did not write the answer down. */
  unansweredOf({ messageIds, askedTo, claimedAt }: MemoryRange): MemoryMessage[] {
    return messageIds
      .map((id) => this.message(id))
      .filter(({ id, status, retry }) => status === 'pending' && id <= askedTo && (!retry || retry.dueAt <= claimedAt));
  }

  /** What is unsent to the client is canceled, or withdrawn from the worker that has it in hand. */
  removeClient(clientId: number): void {
    this.clients.delete(clientId);
    for (const range of this.ranges) {
      const mine = range.messageIds.filter((id) => this.message(id).clientId === clientId);
      this.withdraw(range, mine, performance.now());
    }
  }

  /** Settles what was withdrawn and is open although nobody holds its range any more. */
  settleWithdrawn(range: MemoryRange): void {
    const now = performance.now();
    if (!this.isHeld(range, now)) this.withdraw(range, range.withdrawn, now);
  }

  private withdraw(range: MemoryRange, ids: readonly number[], now: number): void {
    const isHeld = this.isHeld(range, now);
    const inDoubt = new Set(isHeld ? [] : this.unansweredOf(range).map(({ id }) => id));
    const pending = ids.map((id) => this.message(id)).filter(({ status }) => status === 'pending');
    const isInHand = ({ retry }: MemoryMessage) => isHeld && !(retry && retry.dueAt > range.claimedAt);
    if (pending.length === 0) return;
    range.withdrawn = isHeld ? [...range.withdrawn, ...pending.filter(isInHand).map(({ id }) => id)] : [];
    for (const message of pending.filter((each) => !isInHand(each))) {
      const isUnknown = message.retry?.outcome === 'unknown' || inDoubt.has(message.id);
      message.status = isUnknown ? 'unknown' : 'canceled';
      if (!isUnknown) message.reason = 'client_deleted';
    }
    if (isHeld) return;
    range.workerId = null;
    range.done = range.messageIds.every((id) => this.message(id).status !== 'pending');
  }
}
