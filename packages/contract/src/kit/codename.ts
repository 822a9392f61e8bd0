export const verbs = ['add', 'change', 'delete', 'view'] as const;
export const nouns = [
  'audit',
  'client',
  'code',
  'group',
  'job',
  'mailing',
  'message',
  'permission',
  'provider',
  'sending',
  'statistic',
  'tag',
  'token',
  'user',
] as const;

/** What may be done to which resource's rows: the `codename` of a permission. */
export type Codename = `${(typeof verbs)[number]}_${(typeof nouns)[number]}`;
