import { Worker } from 'node:worker_threads';
import type { Drawing, Drawn } from './drawing-thread.js';

/** Thrown when too many drawings wait already. */
export class DrawingQueueFull extends Error {}

interface Limits {
  /** How many drawings wait at most, beside the one that is drawn. */
  mostWaiting: number;
  /** How long one may take. */
  timeoutMs: number;
  /** How long a thread without work is kept: it holds 50 MB, and a new one takes half a second. */
  idleMs: number;
}

const usual: Limits = { mostWaiting: 10, timeoutMs: 60_000, idleMs: 60_000 };

/** No document of ours needs half of it. */
const resourceLimits = { maxOldGenerationSizeMb: 512 };

/** Where this module runs from its sources, the thread needs a loader first. */
const threadFile = import.meta.url.endsWith('.ts') ? './drawing-thread.sources.mjs' : './drawing-thread.js';

interface Job {
  readonly drawing: Drawing;
  resolve(bytes: Buffer): void;
  reject(error: unknown): void;
}

/**
 * Draws PDFs one at a time in a thread of its own, so that the event loop goes on. The thread starts with the first drawing.
 *
 * @example const bytes = await queue.draw({ kind: 'statistic', statistic, heading: {} }, signal);
 */
export class DrawingQueue {
  private readonly limits: Limits;
  private readonly waiting: Job[] = [];
  private current: Job | null = null;
  private thread: Worker | null = null;
  private timer: NodeJS.Timeout | undefined;

  constructor(limits: Partial<Limits> = {}) {
    this.limits = { ...usual, ...limits };
  }

  /**
   * @param signal gives up the place in the queue, and what is being drawn
   * @throws DrawingQueueFull
   */
  async draw(drawing: Drawing, signal?: AbortSignal): Promise<Buffer> {
    signal?.throwIfAborted();
    if (this.waiting.length >= this.limits.mostWaiting) throw new DrawingQueueFull('Too many drawings wait already.');
    let giveUp = () => {};
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        const job: Job = { drawing, resolve, reject };
        giveUp = () => this.giveUp(job, signal?.reason);
        signal?.addEventListener('abort', giveUp, { once: true });
        this.waiting.push(job);
        this.next();
      });
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  private next(): void {
    if (this.current) return;
    clearTimeout(this.timer);
    this.current = this.waiting.shift() ?? null;
    if (!this.current) {
      this.thread?.unref();
      this.timer = setTimeout(() => this.dropThread(), this.limits.idleMs).unref();
      return;
    }
    this.thread ??= this.startThread();
    this.thread.ref();
    const { timeoutMs } = this.limits;
    this.timer = setTimeout(() => this.fail(new Error(`The PDF was not drawn within ${timeoutMs} ms.`)), timeoutMs);
    try {
      this.thread.postMessage(this.current.drawing);
    } catch (error) {
      // What cannot be copied to the thread: it must not stand in the way of the others.
      this.fail(error);
    }
  }

  private startThread(): Worker {
    const thread = new Worker(new URL(threadFile, import.meta.url), { resourceLimits });
    const isOurs = () => this.thread === thread;
    thread.on('message', (drawn: Drawn) => isOurs() && this.finish(drawn));
    thread.on('error', (error) => isOurs() && this.fail(error));
    thread.on('exit', (code) => isOurs() && this.fail(new Error(`The drawing thread ended with ${code}.`)));
    return thread;
  }

  private finish(drawn: Drawn): void {
    const job = this.current;
    this.current = null;
    if ('bytes' in drawn) job?.resolve(Buffer.from(drawn.bytes));
    else job?.reject(new Error(drawn.failure));
    this.next();
  }

  /** A thread that failed, or takes too long, is not used again. */
  private fail(error: unknown): void {
    const job = this.current;
    this.current = null;
    this.dropThread();
    job?.reject(error);
    this.next();
  }

  private giveUp(job: Job, reason: unknown): void {
    if (job === this.current) {
      this.fail(reason);
      return;
    }
    const place = this.waiting.indexOf(job);
    if (place < 0) return;
    this.waiting.splice(place, 1);
    job.reject(reason);
  }

  private dropThread(): void {
    const { thread } = this;
    this.thread = null;
    void thread?.terminate();
  }
}
