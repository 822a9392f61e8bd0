import type { OpenMailing } from '@showroom/database';

type Sample = Pick<OpenMailing, 'left' | 'at'>;

/** The rate is that of the last so many seconds. */
const spanSeconds = 300;
/** Below so many seconds, a rate says little. */
const leastSeconds = 10;

/**
 * Forecasts how many messages that are due will miss the end of their mailing, at the rate at which each mailing has gone
 * since the earlier looks, of up to five minutes. A mailing seen for less than ten seconds has no rate, and counts nothing.
 *
 * @returns takes a look and gives the number of messages
 * @example
 * const forecast = createEndForecast();
 * forecast(stand.open); // 0: the first look knows no rate
 */
export function createEndForecast(): (open: readonly OpenMailing[]) => number {
  let seen = new Map<number, Sample[]>();

  function missesOf({ id, left, at, backlog, endsInSeconds }: OpenMailing): number {
    const earlier = (seen.get(id) ?? []).filter((sample) => at - sample.at <= spanSeconds);
    // Messages that were put back make the count grow: the rate begins anew.
    const samples = earlier.some((sample) => sample.left < left) ? [] : earlier;
    const oldest = samples[0];
    seen.set(id, [...samples, { left, at }]);
    if (!oldest || at - oldest.at < leastSeconds) return 0;
    const perSecond = (oldest.left - left) / (at - oldest.at);
    return Math.ceil(Math.max(0, backlog - perSecond * Math.max(0, endsInSeconds)));
  }

  return (open) => {
    const misses = open.reduce((sum, mailing) => sum + missesOf(mailing), 0);
    const ids = new Set(open.map(({ id }) => id));
    seen = new Map([...seen].filter(([id]) => ids.has(id)));
    return misses;
  };
}
