import { HttpError, type OnAnswer } from './answer.js';
import { createGeneralParser, type GeneralParser } from './general-parser.js';
import { type PlainHead, readPlainHead } from './plain-head.js';

const endOfHead = '\r\n\r\n';
const longestHead = 16 * 1024;

/**
 * Reads the answers on one connection. Nearly all are laid out in one way, a head with a length and as many bytes, and
 * often have the very head of the one before: these are read here, at a tenth of what a general parser costs. From the
 * first that is laid out otherwise, such a parser reads the connection.
 */
export class AnswerReader {
  private general: GeneralParser | null = null;
  /** The beginning of an answer whose rest has not come. */
  private begun: Buffer | null = null;
  private lastHead = '';
  private lastRead: PlainHead | null = null;

  constructor(
    private readonly onAnswer: OnAnswer,
    private readonly largestBytes: number,
  ) {}

  /**
   * Takes the next bytes; they may be overwritten afterwards.
   *
   * @throws HttpError
   */
  read(bytes: Buffer): void {
    let rest = this.begun ? Buffer.concat([this.begun, bytes]) : bytes;
    this.begun = null;
    while (rest.length > 0 && !this.general) {
      const length = this.readPlain(rest);
      if (length === 0) break;
      rest = rest.subarray(length);
    }
    if (rest.length === 0) return;
    if (this.general) this.general.read(rest);
    else this.begun = Buffer.from(rest);
  }

  end(): void {
    this.general?.end();
  }

  /** Gives how many bytes the first answer took; 0 when it is not whole, or is not plain. */
  private readPlain(bytes: Buffer): number {
    const headLength = bytes.indexOf(endOfHead);
    if (headLength === -1) {
      if (bytes.length > longestHead) throw new HttpError('the head of the answer is too long');
      return 0;
    }
    const head = this.readHead(bytes.toString('latin1', 0, headLength));
    if (!head) {
      this.general = createGeneralParser(this.onAnswer, this.largestBytes);
      return 0;
    }
    if (head.length > this.largestBytes) throw new HttpError('the answer is too long');
    const start = headLength + endOfHead.length;
    const end = start + head.length;
    if (bytes.length < end) return 0;
    this.onAnswer({ status: head.status, retryAfter: head.retryAfter, body: bytes.toString('utf8', start, end) }, head);
    return end;
  }

  private readHead(head: string): PlainHead | null {
    if (head !== this.lastHead) {
      this.lastHead = head;
      this.lastRead = readPlainHead(head);
    }
    return this.lastRead;
  }
}
