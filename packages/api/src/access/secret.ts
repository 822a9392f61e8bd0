import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, to be given to whoever may prove with them who they are. */
export const makeSecret = (): string => randomBytes(32).toString('base64url');

/** What is kept of a secret. A fast hash is enough: nobody can try all that are possible. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
