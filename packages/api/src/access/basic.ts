import { isUtf8 } from 'node:buffer';
import type { Credentials } from '@showroom/contract';
import { ApiError } from '../errors.js';

/** Reads what follows the scheme `Basic` in an Authorization header, with the old service's words for what is wrong. */
export function parseBasic([encoded, ...rest]: string[]): Credentials | ApiError {
  if (encoded === undefined) {
    return new ApiError('auth.malformed', 'Invalid basic header. No credentials provided.');
  }
  if (rest.length > 0) {
    return new ApiError('auth.malformed', 'Invalid basic header. Credentials string should not contain spaces.');
  }
  const decoded = decodeBase64(encoded);
  if (decoded === null) {
    return new ApiError('auth.malformed', 'Invalid basic header. Credentials not correctly base64 encoded.');
  }
  const colon = decoded.indexOf(':');
  // PostgreSQL keeps no NUL, so nobody's name has one; without a colon there is no password.
  if (colon < 0 || decoded.includes('\0')) return new ApiError('auth.failed');
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** UTF-8, or Latin-1 where it is not; null when its length is none that base64 can have. */
function decodeBase64(encoded: string): string | null {
  const characters = encoded.replace(/[^A-Za-z0-9+/]/g, '').length;
  if (characters % 4 === 1 || (characters % 4 !== 0 && (characters + paddingOf(encoded)) % 4 !== 0)) return null;
  const bytes = Buffer.from(encoded, 'base64');
  return isUtf8(bytes) ? bytes.toString() : bytes.toString('latin1');
}

/** How many `=` stand at the end. A pattern would begin anew at each of many. */
function paddingOf(encoded: string): number {
  let start = encoded.length;
  while (start > 0 && encoded[start - 1] === '=') start--;
  return encoded.length - start;
}
