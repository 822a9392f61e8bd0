import { hash, verify } from '@node-rs/argon2';
import { isDjangoHash, isDjangoPassword } from './django-password.js';

/** An argon2id hash in PHC form, with the library's (OWASP's) parameters and a salt of its own. */
export const hashPassword = (password: string): Promise<string> => hash(password);

/** Whether the password is the one that was hashed, by us or by Django; a hash that is none matches nothing. */
export const isPassword = (password: string, hashed: string): Promise<boolean> =>
  isDjangoHash(hashed) ? isDjangoPassword(password, hashed) : verify(hashed, password).catch(() => false);

/** Whether any password can match the hash: one that is empty, or starts with Django's `!`, matches none. */
export const isUsable = (hashed: string): Promise<boolean> =>
  isDjangoHash(hashed)
    ? Promise.resolve(true)
    : verify(hashed, '').then(
        () => true,
        () => false,
      );

/** Whether a hash is of an older kind than those we make: to be made anew when its password is at hand. */
export const isOutdated = (hashed: string): boolean => isDjangoHash(hashed);
