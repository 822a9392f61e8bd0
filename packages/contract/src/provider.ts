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
      .meta({ description: 'Whether the provider fails, or does not take our token.' }),
    detail: z.string().nullable().meta({ description: 'What it answered when requests were stopped.' }),
    opened_at: timestamp().nullable(),
    probe_at: timestamp().nullable().meta({ description: 'When it is asked again.' }),
    times_opened: integer().meta({ description: 'How often in a row it was found sick.' }),
    workers: z
      .array(
        z.object({
          name: z.string().meta({ description: 'Host and process.' }),
          fault: z.enum(['provider', 'credentials']),
          since: timestamp(),
        }),
      )
      .meta({ description: 'Workers that stopped for a fault that they found, until they can send again.' }),
    per_second: z.number().nullable().meta({ description: 'SEND_PER_SECOND; null without a limit.' }),
  })
  .meta({ id: 'Provider' });
export type Provider = z.infer<typeof Provider>;

export const provider = {
  list: query('provider_list', '/provider/', {
    steers: true,
    summary: 'Tell how the provider does: whether requests go through, and if not, why',
    needs: 'view_provider',
    input: z.object({}),
    output: z.array(Provider),
  }),
};
