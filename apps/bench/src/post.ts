import { Pool } from 'undici';

export interface Target {
  url: string;
  connections: number;
  pipelining: number;
}

/** The bare client of the comparison: undici's fastest call, and nothing but a look at the status and the body. */
export function createPoster({ url, connections, pipelining }: Target) {
  const pool = new Pool(url, { connections, pipelining });
  const headers = { 'content-type': 'application/json' };
  return function post(id: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      pool.dispatch(
        {
          method: 'POST',
          path: `/v1/send/${id}`,
          headers,
          body: JSON.stringify({ id, phone: 79_000_000_000 + id, text: 'Come and see' }),
        },
        {
          // The older handlers: undici 7 makes these of the newer ones, and takes its time for it.
          onConnect: () => {},
          onHeaders: () => true,
          onData: (chunk) => {
            chunks.push(chunk);
            return true;
          },
          onComplete: () => {
            const { code } = JSON.parse(Buffer.concat(chunks).toString()) as { code: number };
            if (code === 0) resolve();
            else reject(new Error(`code ${code}`));
          },
          onError: reject,
        },
      );
    });
  };
}

/** Runs `work` on each of the items, so many at once. */
export async function eachOf<T>(items: Iterable<T>, atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const lane = async () => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}
