import { connect as connectTcp, type Socket, type TcpSocketConnectOpts } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { type After, type HttpAnswer, HttpError, LateError } from './answer.js';
import { AnswerReader } from './answer-reader.js';

/** One request, from being asked for to its answer. */
export interface Exchange {
  /** The whole of it, head and body. */
  readonly bytes: string;
  readonly encoding: 'latin1' | 'utf8';
  /** When its time is over, in `performance.now()`'s milliseconds. */
  readonly deadline: number;
  /** Asked at the last moment, with the connection there: whether the request may still be written. */
  readonly mayStart: () => boolean;
  /** Null when it might not start any more: then not a byte of it was written. */
  readonly resolve: (answer: HttpAnswer | null) => void;
  readonly reject: (error: Error) => void;
}

export interface LineOptions {
  readonly host: string;
  readonly port: number;
  /** Speak TLS, so. */
  readonly tls: ConnectionOptions | null;
  /** Requests in a row before the first is answered. */
  readonly pipelining: number;
  readonly largestAnswerBytes: number;
  /** Where bytes are read into; lines may share it, for each answer is read at once. */
  readonly buffer: Buffer;
}

/** What its pool is told. */
export interface LineEvents {
  onOpened(line: Line): void;
  /** It was answered, and can take another request. */
  onFree(line: Line): void;
  /** It is over. The error says why, if it had not connected. */
  onClosed(line: Line, failure: Error | null): void;
}

/** Servers close what is idle after five seconds and more; a request must not meet that. */
const idleMs = 4_000;
/** So much earlier than a server said that it closes what is idle. */
const idleGuardMs = 1_000;

/*
 * connecting. Carries nothing.
 * open. Carries up to `pipelining` requests, which are answered in order. Free while there is room for one more.
 * closed. Whatever it still carried has failed, and nobody knows what became of it: its bytes were written.
 */

/** One connection, kept alive. */
export class Line {
  state: 'connecting' | 'open' | 'closed' = 'connecting';
  /** Whether the pool knows it as free. */
  isFree = false;
  private readonly socket: Socket;
  private readonly reader: AnswerReader;
  private readonly carried: Exchange[] = [];
  /** Requests of this turn of the event loop, which leave together when there may be several. */
  private unwritten = '';
  private goodUntil = Number.POSITIVE_INFINITY;
  private failure: Error | null = null;

  constructor(
    private readonly options: LineOptions,
    private readonly events: LineEvents,
  ) {
    this.reader = new AnswerReader((answer, after) => this.hear(answer, after), options.largestAnswerBytes);
    const { host, port, tls, buffer } = options;
    const onread = { buffer, callback: (length: number) => this.read(length) };
    const to: TcpSocketConnectOpts = { host, port, noDelay: true, keepAlive: true, onread };
    this.socket = tls ? connectTls({ ...to, ...tls, ALPNProtocols: ['http/1.1'] }) : connectTcp(to);
    this.socket.once(tls ? 'secureConnect' : 'connect', () => this.open());
    this.socket.on('error', (error) => {
      this.failure = error;
    });
    this.socket.on('end', () => this.reader.end());
    this.socket.on('close', () => this.close());
  }

  get hasRoom(): boolean {
    return this.state === 'open' && this.carried.length < this.options.pipelining;
  }

  get isIdle(): boolean {
    return this.carried.length === 0;
  }

  /** Whether the server has kept it open for so long that it may be closing it now. */
  isStale(now: number): boolean {
    return this.isIdle && now >= this.goodUntil;
  }

  /** Writes a request. */
  carry(exchange: Exchange): void {
    this.carried.push(exchange);
    if (this.options.pipelining === 1) {
      this.socket.write(exchange.bytes, exchange.encoding);
      return;
    }
    if (this.unwritten === '') setImmediate(() => this.flush());
    this.unwritten += exchange.bytes;
  }

  /** Ends it when the time of something it carries is over: the answer might still come, and must not be another's. */
  endIfLate(now: number): void {
    if (!this.carried.some(({ deadline }) => now >= deadline)) return;
    for (const { deadline, reject } of this.carried) if (now >= deadline) reject(new LateError(true));
    this.close(new HttpError('the connection was given up: it did not answer another request in time'));
  }

  /** What it carries fails with the error. */
  close(error: Error | null = this.failure): void {
    if (this.state === 'closed') return;
    const hadConnected = this.state === 'open';
    this.state = 'closed';
    this.socket.destroy();
    const reason = error ?? new HttpError('the connection was closed without an answer');
    for (const { reject } of this.carried.splice(0)) reject(reason);
    this.events.onClosed(this, hadConnected ? null : reason);
  }

  private open(): void {
    if (this.state !== 'connecting') return;
    this.state = 'open';
    this.rest(undefined);
    this.events.onOpened(this);
  }

  private flush(): void {
    const bytes = this.unwritten;
    this.unwritten = '';
    if (this.state === 'open') this.socket.write(bytes, 'utf8');
  }

  /** Node is to go on reading, unless it is told `false`. */
  private read(length: number): boolean {
    try {
      this.reader.read(this.options.buffer.subarray(0, length));
    } catch (error) {
      this.close(error as Error);
    }
    return true;
  }

  private hear(answer: HttpAnswer, { isLast, keptForMs }: After): void {
    const exchange = this.carried.shift();
    if (!exchange) {
      this.close(new HttpError('it answered what it was not asked'));
      return;
    }
    exchange.resolve(answer);
    if (isLast) {
      this.close();
      return;
    }
    if (this.isIdle) this.rest(keptForMs);
    if (this.state === 'open') this.events.onFree(this);
  }

  private rest(keptForMs: number | undefined): void {
    this.goodUntil = performance.now() + (keptForMs === undefined ? idleMs : keptForMs - idleGuardMs);
  }
}
