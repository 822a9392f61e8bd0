import { pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** `pbkdf2_sha256$260000$salt$hash`: how Django keeps a password, and users who are brought over have it. */
const pattern = /^pbkdf2_sha256\$([1-9]\d{0,8})\$([^$]+)\$([A-Za-z0-9+/]{43}=)$/;

export const isDjangoHash = (hashed: string): boolean => pattern.test(hashed);

/** Whether the password is the one that Django hashed; a hash that is none matches nothing. */
export async function isDjangoPassword(password: string, hashed: string): Promise<boolean> {
  const [, iterations, salt, digest] = pattern.exec(hashed) ?? [];
  if (!iterations || !salt || !digest) return false;
  const expected = Buffer.from(digest, 'base64');
  const actual = await promisify(pbkdf2)(password, salt, Number(iterations), expected.length, 'sha256');
  return timingSafeEqual(actual, expected);
}
