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
  const queues = zones.map(({ clients, windows }): Queue => ({ left: clients, windows, nth: 0 }));
  const boundaries = zones.flatMap(({ windows }) => windows.flatMap(({ opens, closes }) => [opens, closes]));
  const moments = [...new Set(boundaries)].sort((a, b) => a - b);
  let lastAfter: number | null = null;
  for (const [n, from] of moments.slice(0, -1).entries()) {
    const served = serve(openAt(queues, from), (moments[n + 1]! - from) * perSecond);
    if (served > 0) lastAfter = from + served / perSecond;
  }
  return { lastAfter, misses: Math.round(queues.reduce((sum, { left }) => sum + left, 0)) };
}

/** The clients of a zone that are not served yet, and the first of its windows that has not closed. */
interface Queue {
  left: number;
  nth: number;
  readonly windows: Zone['windows'];
}

/** Who waits in a zone that is open from a moment on; the zone that closes first comes before the others. */
function openAt(queues: readonly Queue[], moment: number): Queue[] {
  const waiting = queues.filter(({ left }) => left > 0);
  for (const queue of waiting) {
    while (closesAt(queue) <= moment) queue.nth += 1;
  }
  return waiting
    .filter(({ windows, nth }) => (windows[nth]?.opens ?? Number.POSITIVE_INFINITY) <= moment)
    .sort((a, b) => closesAt(a) - closesAt(b));
}

const closesAt = ({ windows, nth }: Queue) => windows[nth]?.closes ?? Number.POSITIVE_INFINITY;

/** Takes up to `capacity` from these queues, one after the other; gives how much it was. */
function serve(queues: readonly Queue[], capacity: number): number {
  let free = capacity;
  for (const queue of queues) {
    const served = Math.min(queue.left, free);
    queue.left -= served;
    free -= served;
  }
  return capacity - free;
}
