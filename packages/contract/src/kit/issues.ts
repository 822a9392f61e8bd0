/**
 * Why a value was refused, where zod's own issue codes do not say it. Carried in a custom issue's `params.reason`,
 * next to a message in plain English; a face with words of its own (REST) translates by the reason.
 */
export const issueReasons = [
  'blank',
  'null_character',
  'lone_surrogate',
  'not_digits',
  'leading_zero',
  'not_an_integer',
  'too_little',
  'too_much',
  'too_many_elements',
  'unknown_timezone',
  'ambiguous_timezone',
  'bad_username',
  'dots_only',
  'long_username',
  'look_alike',
  'bad_email',
  'short_password',
  'end_before_start',
  'half_a_window',
  'empty_window',
  'in_the_past',
  'lost_filter',
  'taken',
  'unknown_id',
  'unknown_name',
] as const;
export type IssueReason = (typeof issueReasons)[number];

export interface CustomIssue {
  code: 'custom';
  path: (string | number)[];
  message: string;
  params: { reason: IssueReason } & Record<string, unknown>;
}

/**
 * One refused value.
 *
 * @example issue('taken', ['name'], 'There is a tag with this name.')
 */
export const issue = (
  reason: IssueReason,
  path: (string | number)[],
  message: string,
  params: Record<string, unknown> = {},
): CustomIssue => ({ code: 'custom', path, message, params: { ...params, reason } });
