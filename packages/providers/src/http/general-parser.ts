import { HTTPParser } from 'http-parser-js';
import { HttpError, type OnAnswer } from './answer.js';
import { readKeepAlive } from './plain-head.js';

/** Reads whatever HTTP/1 allows, by a library. */
export interface GeneralParser {
  /** @throws HttpError */
  read(bytes: Buffer): void;
  /** The peer will say no more: an answer without a length ends here. */
  end(): void;
}

export function createGeneralParser(onAnswer: OnAnswer, largestBytes: number): GeneralParser {
  const parser = new HTTPParser(HTTPParser.RESPONSE);
  let status = 0;
  let isKept = false;
  let headers: string[] = [];
  let chunks: Buffer[] = [];
  let size = 0;
  const header = (name: string) => {
    const at = headers.findIndex((each, index) => index % 2 === 0 && each.toLowerCase() === name);
    return at === -1 ? undefined : headers[at + 1];
  };
  parser[HTTPParser.kOnHeadersComplete] = (info) => {
    status = info.statusCode;
    isKept = info.shouldKeepAlive;
    headers = info.headers;
    if (status === 101) throw new HttpError('it wants to speak another protocol');
  };
  parser[HTTPParser.kOnBody] = (chunk, offset, length) => {
    size += length;
    if (size > largestBytes) throw new HttpError('the answer is too long');
    // The bytes are the connection's, which reads the next ones into the same place.
    chunks.push(Buffer.from(chunk.subarray(offset, offset + length)));
  };
  parser[HTTPParser.kOnMessageComplete] = () => {
    const isInterim = status < 200;
    const body = Buffer.concat(chunks).toString();
    chunks = [];
    size = 0;
    if (isInterim) return;
    const keptFor = header('keep-alive');
    const keptForMs = keptFor === undefined ? undefined : readKeepAlive(keptFor);
    onAnswer({ status, retryAfter: header('retry-after'), body }, { isLast: !isKept, keptForMs });
  };
  return {
    read: (bytes) => {
      const result = parser.execute(bytes);
      if (result instanceof Error) throw new HttpError(`it does not speak HTTP (${result.message})`);
    },
    end: () => void parser.finish(),
  };
}
