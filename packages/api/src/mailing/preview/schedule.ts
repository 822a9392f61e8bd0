/** When the clients of one time zone may be sent to. */
export interface Zone {
  readonly clients: number;
  /** In seconds from the beginning, in order, without overlap. */
  readonly windows: readonly { readonly opens: number; readonly closes: number }[];
}

export interface Schedule {
  /** In seconds from the beginning, when the last one is sent that is sent in time; null when none is. */
  readonly lastAfter: number | null;
  /** How many are not sent in time. */
  readonly misses: number;
}

/**
 * Reckons how a mailing goes at a steady rate: at every moment the zones that are open are served, the one that closes
 * first before the others. Messages are a fluid, so that what is reckoned does not depend on their number.
 *
 * @param perSecond messages a second
 * @example reckon([{ clients: 100, windows: [{ opens: 0, closes: 60 }] }], 10) // { lastAfter: 10, misses: 0 }
 */
export function reckon(zones: readonly Zone[], perSecond: number): Schedule {
  const left = zones.map(({ clients }) => clients);
  const boundaries = zones.flatMap(({ windows }) => windows.flatMap(({ opens, closes }) => [opens, closes]));
  const moments = [...new Set(boundaries)].sort((a, b) => a - b);
  let lastAfter: number | null = null;
  for (const [n, from] of moments.slice(0, -1).entries()) {
    const served = serve(openAt(zones, from), left, (moments[n + 1]! - from) * perSecond);
    if (served > 0) lastAfter = from + served / perSecond;
  }
  return { lastAfter, misses: Math.round(left.reduce((sum, clients) => sum + clients, 0)) };
}

/** The zones that are open from a moment on, the one that closes first before the others. */
function openAt(zones: readonly Zone[], moment: number): number[] {
  return zones
    .map(({ windows }, zone) => ({
      zone,
      window: windows.find(({ opens, closes }) => opens <= moment && moment < closes),
    }))
    .filter(({ window }) => window !== undefined)
    .sort((a, b) => a.window!.closes - b.window!.closes)
    .map(({ zone }) => zone);
}

/** Takes up to `capacity` from what is left of these zones; gives how much it was. */
function serve(zones: readonly number[], left: number[], capacity: number): number {
  let free = capacity;
  for (const zone of zones) {
    const served = Math.min(left[zone]!, free);
    left[zone]! -= served;
    free -= served;
  }
  return capacity - free;
}
