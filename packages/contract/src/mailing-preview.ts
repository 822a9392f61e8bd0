import { z } from 'zod';
import { Id, integer, timestamp } from './kit/scalars.js';
import { MessageTimeline } from './messages.js';

/** How phones are billed for a text: GSM-7 has 160 characters (153 in each of several parts), UCS-2 70 (67). */
export const SmsParts = z
  .object({
    encoding: z.enum(['GSM-7', 'UCS-2']),
    characters: integer().meta({ description: 'As the encoding counts them.' }),
    parts: integer().meta({ description: 'How many short messages one text takes.' }),
    total_parts: integer().meta({ description: 'The same for the whole audience.' }),
  })
  .meta({ id: 'SmsParts' });
export type SmsParts = z.infer<typeof SmsParts>;

/** What a mailing would do if it were started as it is now. */
export const MailingPreview = z
  .object({
    audience: integer().meta({ description: 'How many clients match by now.' }),
    sample: z
      .array(z.object({ id: integer(), phone_number: z.string(), timezone: z.string() }))
      .meta({ description: 'Some of them; none for a caller who may not view clients.' }),
    by_tag: z
      .array(z.object({ name: z.string(), clients: integer() }))
      .meta({ description: 'Every tag in the audience, the largest first.' }),
    by_code: z
      .array(z.object({ code: z.string(), clients: integer() }))
      .meta({ description: 'Every code in the audience, the largest first.' }),
    bad_numbers: integer().meta({
      description:
        'How many of them have a phone number that the provider is not asked for: their messages are canceled.',
    }),
    bad_timezones: integer().meta({
      description:
        'How many of them have a time zone that is unknown. If the mailing has a window, their messages are canceled.',
    }),
    ambiguous_timezones: integer().meta({
      description: 'How many of them have an abbreviation as time zone. A warning says how each is read.',
    }),
    sms: SmsParts,
    left: integer().nullable().meta({
      description:
        'How many messages a mailing that has started has left to send. The time and the misses are theirs. Null before the start.',
    }),
    per_second: z
      .number()
      .nullable()
      .meta({ description: 'The rate that was reckoned with; null when none is known.' }),
    rate_from: z.enum(['this_mailing', 'mailing', 'provider', 'last_mailing', 'none']).meta({
      description:
        'Where the rate comes from: what this mailing sent within the last minute, a limit, or what the last mailing reached.',
    }),
    finishes_at: timestamp().nullable().meta({
      description:
        'When the last of what is in time would be sent; null when no rate is known, nothing is left, or nothing is in time.',
    }),
    seconds: integer().nullable().meta({ description: 'From the start, or from now if that is past, to then.' }),
    misses: integer().meta({
      description: 'How many would not be sent before the end (with a window: nor within 400 days).',
    }),
    misses_window: integer().meta({ description: 'Those of them whose window opens at no time before the end.' }),
    warnings: z.array(z.string()).meta({ description: 'What is wrong with the mailing as it is now, in sentences.' }),
  })
  .meta({ id: 'MailingPreview' });
export type MailingPreview = z.infer<typeof MailingPreview>;

/** Why a client was or was not in the audience of a mailing, and what became of it. */
export const Explanation = z
  .object({
    mailing: Id,
    client: integer(),
    in_audience: z
      .boolean()
      .nullable()
      .meta({ description: 'Null when the mailing has not started, or its messages were removed.' }),
    because: z.enum([
      'is_in_the_audience',
      'mailing_not_started',
      'no_such_client',
      'other_tag',
      'other_code',
      'other_tag_and_code',
      'matches_since',
      'messages_removed',
      'expired_before_start',
      'canceled_before_start',
    ]),
    explanation: z.string().meta({ description: 'The reason as a sentence.' }),
    message: MessageTimeline.nullable(),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof Explanation>;
