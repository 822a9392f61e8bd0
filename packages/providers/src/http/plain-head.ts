/** What the head of an answer says that is laid out in the usual way. */
export interface PlainHead {
  readonly status: number;
  readonly length: number;
  readonly isLast: boolean;
  readonly keptForMs: number | undefined;
  readonly retryAfter: string | undefined;
}

const prefix = 'HTTP/1.1 ';

/**
 * Reads a head whose body is as long as it says. Null for everything else (chunks, no length, interim answers, HTTP/1.0,
 * two lengths): a general parser is to read those.
 *
 * @param head without the empty line that ends it
 * @example readPlainHead('HTTP/1.1 200 OK\r\nContent-Length: 25') // { status: 200, length: 25, isLast: false, … }
 */
export function readPlainHead(head: string): PlainHead | null {
  const status = Number(head.slice(prefix.length, prefix.length + 3));
  if (!head.startsWith(prefix) || !(status >= 200) || status === 204 || status === 304) return null;
  let length = -1;
  let isLast = false;
  let keptForMs: number | undefined;
  let retryAfter: string | undefined;
  for (let end = head.indexOf('\r\n'); end !== -1; ) {
    const start = end + 2;
    end = head.indexOf('\r\n', start);
    const line = end === -1 ? head.slice(start) : head.slice(start, end);
    const colon = line.indexOf(':');
    const value = () => line.slice(colon + 1).trim();
    switch (line.slice(0, colon).toLowerCase()) {
      case 'content-length':
        if (length !== -1 || !/^\d{1,15}$/.test(value())) return null;
        length = Number(value());
        break;
      case 'transfer-encoding':
        return null;
      case 'connection':
        isLast = !/^keep-alive$/i.test(value());
        break;
      case 'keep-alive':
        keptForMs = readKeepAlive(value());
        break;
      case 'retry-after':
        retryAfter = value();
        break;
    }
  }
  return length === -1 ? null : { status, length, isLast, keptForMs, retryAfter };
}

/** `timeout=5, max=100` → 5000 */
export function readKeepAlive(value: string): number | undefined {
  const seconds = /\btimeout=(\d{1,9})/i.exec(value)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}
