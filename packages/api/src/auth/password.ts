import { hash, verify } from '@node-rs/argon2';

/** An argon2id hash in PHC form, with the library's (OWASP's) parameters and a salt of its own. */
export const hashPassword = (password: string): Promise<string> => hash(password);

/** Whether the password is the one that was hashed; a hash that is none matches nothing. */
export const isPassword = (password: string, hashed: string): Promise<boolean> =>
  verify(hashed, password).catch(() => false);
