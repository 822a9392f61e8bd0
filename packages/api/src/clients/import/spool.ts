import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError } from '../../errors.js';
import type { SpoolShare, SpoolSpace } from './spool-space.js';

/** A file without a name, for what is too much for memory: nobody else can open it, and it is gone when we are. */
export interface Spool {
  /** @throws ApiError import.no_space */
  write(text: string): Promise<void>;
  /** All that was written, from the beginning. */
  read(): AsyncIterable<Buffer>;
}

/**
 * Lends a spool, and throws it away afterwards.
 *
 * @throws ApiError import.no_space if the disk is full
 * @example await withSpool(space, async (spool) => { await spool.write('a'); for await (const piece of spool.read()) … });
 */
export async function withSpool<T>(space: SpoolSpace, work: (spool: Spool) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `showroom-${randomUUID()}`);
  const file = await orNoSpace(open(path, 'wx+', 0o600));
  const share = space.open();
  try {
    await unlink(path);
    return await work(createSpool(file, share));
  } finally {
    share.giveBack();
    await file.close();
  }
}

const createSpool = (file: FileHandle, share: SpoolShare): Spool => ({
  async write(text) {
    const bytes = Buffer.from(text);
    share.take(bytes.length);
    await orNoSpace(file.appendFile(bytes));
  },
  read: () => file.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 * 1024 }),
});

/** The disk is full, or our quota of it is used up. */
const isFull = (error: unknown) => ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

const orNoSpace = <T>(writing: Promise<T>): Promise<T> =>
  writing.catch((error: unknown) => {
    throw isFull(error) ? new ApiError('import.no_space') : error;
  });
