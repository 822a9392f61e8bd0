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

export const basic = (username: string, password: string) => `Basic ${btoa(`${username}:${password}`)}`;
