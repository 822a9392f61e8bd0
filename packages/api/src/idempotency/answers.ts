import { Instant, microsOf } from '@showroom/contract';
import { SuperJSON } from 'superjson';

/** How answers are kept: as tRPC writes them, but with the microseconds of their dates. */
export const answers = new SuperJSON();

answers.registerCustom<Instant, string>(
  {
    isApplicable: (value): value is Instant => value instanceof Instant,
    serialize: (instant) => instant.toISOString(),
    deserialize: (text) => new Instant(Date.parse(text), microsOf(/\.(\d+)Z$/.exec(text)?.[1] ?? '')),
  },
  'instant',
);
