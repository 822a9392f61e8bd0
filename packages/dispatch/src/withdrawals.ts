import type { OutcomeWriter } from './outcome-writer.js';
import type { ClaimedMessage, ClaimedRange } from './store.js';
import { withoutClient } from './unaskable.js';

/**
 * Messages of a held range whose client was deleted since the claim. Each is settled as soon as it is known not to be on
 * its way: before its turn comes, or after an attempt that left it open. One that is on its way gets the end that its
 * answer says.
 */
export class Withdrawals {
  private readonly ids = new Set<number>();
  /** What was asked in this hold and is to be asked again; whether it is in doubt. */
  private readonly open = new Map<number, boolean>();
  /** Messages from this one on have not been asked for. */
  private next = 0;

  constructor(
    private readonly range: Pick<ClaimedRange, 'hold' | 'messages'>,
    private readonly writer: Pick<OutcomeWriter, 'push'>,
  ) {}

  has(messageId: number): boolean {
    return this.ids.size > 0 && this.ids.has(messageId);
  }

  /** That the message at `index` is about to be asked for. */
  began(index: number): void {
    this.next = index + 1;
  }

  /** That an attempt left a message open. */
  leftOpen(message: ClaimedMessage, isInDoubt: boolean): void {
    this.open.set(message.id, isInDoubt);
    if (this.has(message.id)) this.settle({ ...message, unanswered: isInDoubt });
  }

  /** Learns which messages are withdrawn by now; those that it knows are nothing new. */
  learn(messageIds: readonly number[]): void {
    for (const id of messageIds.filter((each) => !this.ids.has(each))) {
      this.ids.add(id);
      const index = this.range.messages.findIndex((message) => message.id === id);
      const message = this.range.messages[index];
      if (!message) continue;
      const isInDoubt = index >= this.next ? message.unanswered : this.open.get(id);
      if (isInDoubt !== undefined) this.settle({ ...message, unanswered: isInDoubt });
    }
  }

  private settle(message: ClaimedMessage): void {
    this.writer.push(withoutClient(message, this.range.hold.rangeId));
  }
}
