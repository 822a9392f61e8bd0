import { z } from 'zod';

/** The body of `POST /v1/send/{msgId}`. */
export const Message = z.object({ id: z.int(), phone: z.int(), text: z.string() });
export type Message = z.infer<typeof Message>;

/** A message as a phone got it: `at` is an ISO date, `duplicate` says that its id had been accepted before. */
export interface InboxMessage extends Message {
  at: string;
  duplicate: boolean;
}

const queryInt = z
  .string()
  .regex(/^-?\d{1,16}$/, 'expected an integer')
  .transform(Number);

/** The query of `GET /messages`. */
export const InboxQuery = z.strictObject({
  phone: queryInt.optional(),
  id: queryInt.optional(),
  limit: queryInt.pipe(z.int().min(1).max(10_000)).default(100),
});
export type InboxQuery = z.infer<typeof InboxQuery>;

/** The last messages, in full. */
export interface Inbox {
  add(message: Message, atMs: number, duplicate: boolean): void;
  list(query: InboxQuery): InboxMessage[];
}

interface Kept {
  message: Message;
  atMs: number;
  duplicate: boolean;
}

/**
 * Builds an inbox that keeps the last `size` messages in a ring; older ones are forgotten.
 *
 * @example
 * const inbox = createInbox(1_000);
 * inbox.add({ id: 1, phone: 79001234567, text: 'Hello' }, Date.now(), false);
 * inbox.list({ phone: 79001234567, limit: 10 }); // newest first
 */
export function createInbox(size: number): Inbox {
  const ring: Kept[] = [];
  let next = 0;

  return {
    add(message, atMs, duplicate) {
      ring[next] = { message, atMs, duplicate };
      next = (next + 1) % size;
    },
    list({ phone, id, limit }) {
      const found: InboxMessage[] = [];
      for (let age = 1; age <= ring.length && found.length < limit; age += 1) {
        const kept = ring[(next - age + ring.length) % ring.length]!;
        if (phone !== undefined && kept.message.phone !== phone) continue;
        if (id !== undefined && kept.message.id !== id) continue;
        found.push(toInboxMessage(kept));
      }
      return found;
    },
  };
}

function toInboxMessage({ message, atMs, duplicate }: Kept): InboxMessage {
  return { ...message, at: new Date(atMs).toISOString(), duplicate };
}
