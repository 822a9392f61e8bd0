/** What the service's clock shows, as the `Date` of its answers tells. */
export interface ServiceClock {
  /** The platform's own, listened to. */
  readonly fetch: typeof globalThis.fetch;
  /** By how much the service's clock is ahead of this machine's; 0 as long as they may well agree. */
  aheadMs(): number;
}

export function createServiceClock(ask: typeof globalThis.fetch = globalThis.fetch): ServiceClock {
  let aheadMs = 0;
  return {
    fetch: async (...given) => {
      const askedAt = Date.now();
      const response = await ask(...given);
      aheadMs = compare(response.headers.get('date'), askedAt, Date.now()) ?? aheadMs;
      return response;
    },
    aheadMs: () => aheadMs,
  };
}

/** The header counts whole seconds, and was written at some time between asking and the answer. */
function compare(header: string | null, askedAt: number, answeredAt: number): number | undefined {
  const toldAt = Date.parse(header ?? '');
  if (Number.isNaN(toldAt)) return undefined;
  const [least, most] = [toldAt - answeredAt, toldAt + 1_000 - askedAt];
  return least <= 0 && most >= 0 ? 0 : (least + most) / 2;
}
