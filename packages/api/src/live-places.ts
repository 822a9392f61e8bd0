import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { ApiError } from './errors.js';

/** A place may become free at any time; a stream that has none is asked for again after so many seconds. */
const retryAfter = 10;

/**
 * How many streams one user, and all users together, may have open in this process. A place is free again as soon as the
 * connection closes, whichever side closed it.
 *
 * @example const refusal = places.take(caller.id, request.raw, reply.raw);
 */
export class LivePlaces {
  private taken = 0;
  private readonly takenByUser = new Map<number, number>();

  constructor(
    private readonly perUser: number,
    private readonly inAll: number,
  ) {}

  /** Takes a place until the answer or its connection closes; says why not when there is none. */
  take(userId: number, { socket }: FastifyRequest['raw'], answer: ServerResponse): ApiError | null {
    const own = this.takenByUser.get(userId) ?? 0;
    if (own >= this.perUser) return tooMany(`You have ${own} streams open, and may have no more: close one first.`);
    if (this.taken >= this.inAll) return tooMany(`This server has ${this.taken} streams open, and takes no more.`);
    // Whoever has hung up while we found out who they are closes nothing any more.
    if (socket.destroyed) return null;
    this.taken += 1;
    this.takenByUser.set(userId, own + 1);
    let isTaken = true;
    const free = () => {
      if (!isTaken) return;
      isTaken = false;
      answer.off('close', free);
      socket.off('close', free);
      this.free(userId);
    };
    answer.once('close', free);
    // An answer that waits behind another one of the same connection is not told that the connection closed.
    socket.once('close', free);
    return null;
  }

  private free(userId: number): void {
    this.taken -= 1;
    const left = this.takenByUser.get(userId)! - 1;
    if (left > 0) this.takenByUser.set(userId, left);
    else this.takenByUser.delete(userId);
  }
}

const tooMany = (message: string) => new ApiError('live.too_many', message, { retryAfter });
