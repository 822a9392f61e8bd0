import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file without a name, for what is too much for memory: nobody else can open it, and it is gone when we are. */
export interface Spool {
  write(text: string): Promise<void>;
  /** All that was written, from the beginning. */
  read(): AsyncIterable<Buffer>;
}

/**
 * Lends a spool, and throws it away afterwards.
 *
 * @example await withSpool(async (spool) => { await spool.write('a'); for await (const piece of spool.read()) … });
 */
export async function withSpool<T>(work: (spool: Spool) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `showroom-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    return await work(createSpool(file));
  } finally {
    await file.close();
  }
}

const createSpool = (file: FileHandle): Spool => ({
  write: async (text) => void (await file.appendFile(text)),
  read: () => file.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 * 1024 }),
});
