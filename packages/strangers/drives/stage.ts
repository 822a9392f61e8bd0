/** What a drive gets: where the API is, who calls it, and a `fetch` that notes which operations are called. */
export interface Stage {
  baseUrl: string;
  authorization: string;
  fetch: typeof globalThis.fetch;
}

/** A program that calls every operation through a generated client, and checks what comes back. */
export interface DriveModule {
  drive(stage: Stage): Promise<void>;
}

/** What is there after a moment: the service has answered by then, and goes on. */
export async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 100; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come');
}

export const basic = (username: string, password: string) => `Basic ${btoa(`${username}:${password}`)}`;
