import type { ConnectionOptions } from 'node:tls';
import { type HttpAnswer, LateError, NotConnectedError } from './answer.js';
import { type Exchange, Line, type LineOptions } from './line.js';

export interface HttpPoolOptions {
  /** Scheme, host and port count. */
  url: string;
  /** Connections at most. */
  connections: number;
  /** Requests in a row on a connection before the first is answered; 1 unless the server allows more. */
  pipelining?: number;
  largestAnswerBytes: number;
  connectTimeoutMs: number;
  tls?: ConnectionOptions;
}

export type HttpRequest = Pick<Exchange, 'bytes' | 'encoding' | 'mayStart'> & {
  /** How long the answer may take, the connection included. */
  readonly timeoutMs: number;
};

/** How late a time-out may be noticed. */
const tickMs = 20;
const readBytes = 64 * 1024;

/**
 * Keep-alive connections to one server, for many small requests at once. Why not a library's: half of what a message
 * costs us is its request, and this one costs four fifths of the leanest call of undici, which parses and hands over
 * what nobody here asks for. What is hard about HTTP is left to a library here, too: see AnswerReader.
 *
 * @example
 * const pool = new HttpPool({ url, connections: 32, largestAnswerBytes: 65_536, connectTimeoutMs: 5_000 });
 * const answer = await pool.ask({ bytes, encoding: 'utf8', timeoutMs: 10_000, mayStart: () => true });
 */
export class HttpPool {
  private readonly line: LineOptions;
  private readonly lines = new Map<Line, number>();
  /** The one that was used last comes last and is used next: it is the least likely to be stale. */
  private readonly free: Line[] = [];
  private waiting: Exchange[] = [];
  private connecting = 0;
  private timer: NodeJS.Timeout | null = null;
  private onDrained: (() => void) | null = null;

  constructor(private readonly options: HttpPoolOptions) {
    const { protocol, hostname, port } = new URL(options.url);
    const isTls = protocol === 'https:';
    const host = hostname.replace(/^\[|\]$/g, '');
    this.line = {
      host,
      port: port ? Number(port) : isTls ? 443 : 80,
      tls: isTls ? { servername: toServername(host), ...options.tls } : null,
      pipelining: options.pipelining ?? 1,
      largestAnswerBytes: options.largestAnswerBytes,
      buffer: Buffer.allocUnsafeSlow(readBytes),
    };
  }

  /**
   * Sends a request. Null when it might not start any more: then not a byte of it was written.
   *
   * @throws LateError, NotConnectedError, or what became of the connection
   */
  ask({ bytes, encoding, timeoutMs, mayStart }: HttpRequest): Promise<HttpAnswer | null> {
    return new Promise((resolve, reject) => {
      const deadline = performance.now() + timeoutMs;
      this.timer ??= setInterval(() => this.tick(), tickMs);
      this.start({ bytes, encoding, deadline, mayStart, resolve, reject });
    });
  }

  /** Resolves when everything is answered and every connection is closed. Nothing may be asked any more. */
  async close(): Promise<void> {
    const isDrained = () => this.waiting.length === 0 && [...this.lines.keys()].every((line) => line.isIdle);
    if (!isDrained()) {
      await new Promise<void>((resolve) => {
        this.onDrained = () => isDrained() && resolve();
      });
    }
    for (const line of [...this.lines.keys()]) line.close();
    this.stopTimer();
  }

  private start(exchange: Exchange): void {
    const line = this.takeFree();
    if (line) {
      this.carry(line, exchange);
      return;
    }
    this.waiting.push(exchange);
    this.openLines();
  }

  private takeFree(): Line | undefined {
    for (let line = this.free.pop(); line; line = this.free.pop()) {
      line.isFree = false;
      if (!line.isStale(performance.now())) return line;
      line.close();
    }
  }

  private carry(line: Line, exchange: Exchange): void {
    if (exchange.mayStart()) line.carry(exchange);
    else exchange.resolve(null);
    this.offer(line);
  }

  /** Whoever waits is served first; then it is free for the next. */
  private offer(line: Line): void {
    while (line.hasRoom) {
      const next = this.waiting.shift();
      if (!next) {
        if (!line.isFree) this.putFree(line);
        break;
      }
      if (next.mayStart()) line.carry(next);
      else next.resolve(null);
    }
    this.onDrained?.();
  }

  /** One that carries something already is taken last: requests are spread over all connections. */
  private putFree(line: Line): void {
    line.isFree = true;
    if (line.isIdle) this.free.push(line);
    else this.free.unshift(line);
  }

  /** As many as somebody waits for. */
  private openLines(): void {
    const { connections, pipelining = 1 } = this.options;
    while (this.connecting * pipelining < this.waiting.length && this.lines.size < connections) {
      const line = new Line(this.line, {
        onOpened: (opened) => {
          this.connecting -= 1;
          this.offer(opened);
        },
        onFree: (answered) => this.offer(answered),
        onClosed: (closed, failure) => this.forget(closed, failure),
      });
      this.connecting += 1;
      this.lines.set(line, performance.now() + this.options.connectTimeoutMs);
    }
  }

  /** A line that could not be opened fails those who waited for it, and nobody else. */
  private forget(line: Line, failure: Error | null): void {
    this.lines.delete(line);
    if (line.isFree) this.free.splice(this.free.indexOf(line), 1);
    if (failure) {
      this.connecting -= 1;
      const cause = failure as Error & { code?: string };
      const error = new NotConnectedError(`${cause.code ?? cause.name}: ${cause.message}`, { cause });
      for (const { reject } of this.waiting.splice(0, this.line.pipelining)) reject(error);
    }
    this.openLines();
    this.onDrained?.();
  }

  private tick(): void {
    const now = performance.now();
    for (const [line, connectsUntil] of this.lines) {
      if (line.state === 'connecting' && now >= connectsUntil) line.close(new Error('connecting took too long'));
      else if (line.isStale(now)) line.close();
      else line.endIfLate(now);
    }
    if (this.waiting.some(({ deadline }) => now >= deadline)) {
      const late = this.waiting.filter(({ deadline }) => now >= deadline);
      this.waiting = this.waiting.filter(({ deadline }) => now < deadline);
      for (const { reject } of late) reject(new LateError(false));
      this.onDrained?.();
    }
    if (this.lines.size === 0 && this.waiting.length === 0) this.stopTimer();
  }

  private stopTimer(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }
}

/** TLS names no addresses. */
const toServername = (host: string) => (/^[\d.]+$|:/.test(host) ? '' : host);
