import type { z } from 'zod';
import { isNeeded, keyOf, type Procedure, shapeOf } from './procedure.js';

/** What a method does, needs and may refuse, and one example. */
export function docOf(procedure: Procedure, kind: 'list' | 'call' | 'import'): string {
  const { described } = procedure;
  const { needs, conflicts, summary } = described;
  const need =
    needs === 'open' ? '' : needs === 'user' || needs === 'password' ? ` For every user.` : ` Needs \`${needs}\`.`;
  const refused = conflicts.length > 0 ? `\n * @throws ConflictError ${conflicts.join(', ')}` : '';
  const more =
    kind === 'import' ? ` A number that a client has already is skipped, unless \`known\` says otherwise.` : '';
  return `/**\n * ${summary}.${need}${more}\n *${refused}\n * @example\n * ${exampleOf(procedure, kind)}\n */\n`;
}

function exampleOf(procedure: Procedure, kind: 'list' | 'call' | 'import'): string {
  const { resource, verb } = procedure;
  const call = `showroom.${resource}.${verb}`;
  if (kind === 'list') return `for await (const row of ${call}.all()) console.log(row.id);`;
  if (kind === 'import')
    return `await ${call}([{ phone_number: '79001234567', timezone: 'UTC', mobile_operator_code: 1, tag: 1 }]);`;
  const key = keyOf(procedure);
  const needed = Object.entries(shapeOf(procedure)).filter(([field]) => field !== key && isNeeded(procedure, field));
  const others = Object.entries(shapeOf(procedure)).filter(([field]) => field !== key);
  const shown = needed.length > 0 ? needed : others.filter(([field]) => field in samples).slice(0, 1);
  const fields = shown.map(([field, schema]) => `${field}: ${sampleOf(field, schema)}`);
  const given = [
    ...(key ? [sampleOf(key, shapeOf(procedure)[key]!)] : []),
    ...(fields.length > 0 ? [`{ ${fields.join(', ')} }`] : []),
  ];
  return `await ${call}(${given.join(', ')});`;
}

const samples: Record<string, string> = {
  first_name: "'Ivan'",
  username: "'ivan'",
  user: "'ivan'",
  password: "'a long one'",
  name: "'vip'",
  code: "'900'",
  text: "'Come and see'",
  phone_number: "'79001234567'",
  timezone: "'Europe/Moscow'",
  start_notification_date: "'now'",
  end_notification_date: 'new Date(Date.now() + 3_600_000)',
  as: "'sent'",
  tags: "['vip']",
  codes: '[]',
};
const sampleOf = (field: string, schema: z.ZodType): string =>
  samples[field] ?? (schema.safeParse([]).success ? '[]' : schema.safeParse('12').success ? "'12'" : '12');
