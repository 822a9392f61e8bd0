import type { MailingPreview } from '@showroom/contract';
import type { Deps } from '../../context.js';
import type { Times } from '../mailing.times.js';
import type { Audience } from './audience.js';
import { reckon, type Schedule, type Zone } from './schedule.js';
import { readSpan, readWindows, type Span } from './windows.js';

type Forecast = Pick<MailingPreview, 'finishes_at' | 'seconds' | 'misses' | 'misses_window'>;

interface Question {
  readonly times: Times;
  readonly audience: Audience['zones'];
  readonly perSecond: number | null;
  readonly span: Span;
}

/**
 * How many seconds of windows are looked at: 4 days first, for most mailings are through by then, and more while clients
 * are left. Who is left after the last counts as missed, as at the end.
 */
const horizons = [4, 40, 400].map((days) => days * 86_400);
/** Without a window, there is nothing to look up. */
const unlimited = [Number.POSITIVE_INFINITY];

/** How long a mailing takes at a rate, and whom it misses; without a rate, only whom it misses at any. */
export async function forecast(
  deps: Deps,
  times: Times,
  audience: Audience['zones'],
  perSecond: number | null,
): Promise<Forecast> {
  const span = await readSpan(deps, times);
  const within = times.sendWindowStart === null ? unlimited : horizons;
  return lookAhead(deps, { times, audience, perSecond, span }, within);
}

async function lookAhead(deps: Deps, question: Question, [horizon = 0, ...further]: number[]): Promise<Forecast> {
  const { times, audience, perSecond, span } = question;
  const seconds = Math.min(span.seconds, horizon);
  const zones = await readWindows(deps, times, { ...span, seconds }, audience);
  const closed = clientsOf(zones.filter(({ windows }) => windows.length === 0));
  const schedule = perSecond === null ? { lastAfter: null, misses: closed } : reckon(zones, perSecond);
  const isFinal = schedule.misses === closed || seconds === span.seconds || further.length === 0;
  return isFinal ? toForecast(question, schedule, closed) : lookAhead(deps, question, further);
}

const clientsOf = (zones: readonly Zone[]) => zones.reduce((sum, { clients }) => sum + clients, 0);

function toForecast({ times, span }: Question, { lastAfter, misses }: Schedule, closed: number): Forecast {
  // Not by a rounded millisecond beyond the end, which may be the last there is.
  const finishesAt = (after: number) => new Date(Math.min(span.from.getTime() + after * 1_000, times.endAt.getTime()));
  return {
    finishes_at: lastAfter === null ? null : finishesAt(lastAfter),
    seconds: lastAfter === null ? null : Math.ceil(lastAfter),
    misses,
    misses_window: times.sendWindowStart === null ? 0 : closed,
  };
}
