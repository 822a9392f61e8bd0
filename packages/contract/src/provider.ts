import { z } from 'zod';
import { query } from './kit/procedure.js';
import { integer, timestamp } from './kit/scalars.js';

/**
 * How the provider does. `closed`: requests go through. `open`: it was too sick, nobody asks until `probe_at`.
 * `half_open`: one message is asking whether it is well again.
 */
export const Provider = z
  .object({
    name: z.string(),
    state: z.enum(['closed', 'open', 'half_open']),
    fault: z
      .enum(['provider', 'credentials'])
      .nullable()
      .meta({ description: 'Whether the provider fails, or refuses our token.' }),
    detail: z.string().nullable().meta({ description: 'The answer that made requests stop.' }),
    opened_at: timestamp().nullable(),
    probe_at: timestamp().nullable().meta({ description: 'Time of the next trial request.' }),
    times_opened: integer().meta({ description: 'How many times in a row requests were stopped.' }),
    workers: z
      .array(
        z.object({
          name: z.string().meta({ description: 'Host and process.' }),
          fault: z.enum(['provider', 'credentials']),
          since: timestamp(),
        }),
      )
      .meta({ description: 'Workers that stopped sending because of a fault of their own, such as a wrong token.' }),
    per_second: z.number().nullable().meta({ description: 'The limit SEND_PER_SECOND; null when there is none.' }),
  })
  .meta({ id: 'Provider' });
export type Provider = z.infer<typeof Provider>;

export const provider = {
  list: query('provider_list', '/provider/', {
    steers: true,
    summary: 'List providers: whether requests go through, and if not, why',
    needs: 'view_provider',
    input: z.object({}),
    output: z.array(Provider),
  }),
};
