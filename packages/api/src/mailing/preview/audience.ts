import { type MailingPreview, phoneNumberPattern } from '@showroom/contract';
import type { Deps } from '../../context.js';

/** What a mailing picks its audience by, as its start would. */
export interface Picks {
  readonly byTag: boolean;
  readonly byCode: boolean;
  readonly tagIds: readonly number[];
  readonly codeIds: readonly number[];
}

export interface Audience extends Pick<MailingPreview, 'audience' | 'sample' | 'by_tag' | 'by_code' | 'bad_numbers'> {
  readonly zones: readonly { readonly timezone: string; readonly clients: number }[];
}

const sampleSize = 10;

const picked = (columns: string, from: string, rest: string) => `
  SELECT ${columns} FROM ${from}
  WHERE (NOT $1::boolean OR tag_id = ANY($2::bigint[])) AND (NOT $3::boolean OR code_id = ANY($4::bigint[])) ${rest}`;

const bySets = 'GROUP BY GROUPING SETS ((tag_id), (code_id), (timezone)) HAVING sum(clients) > 0';
// Of the counts that are kept, not of the clients: by tag, by code and by time zone.
const countsOf = `
  SELECT g.clients::float8 AS clients, g.timezone, t.name AS tag, o.code
  FROM (${picked('tag_id, code_id, timezone, sum(clients) AS clients', 'client_counts', bySets)}) g
  LEFT JOIN tags t ON t.id = g.tag_id LEFT JOIN codes o ON o.id = g.code_id
  ORDER BY g.clients DESC, t.name, o.code, g.timezone`;

const sampleOf = picked('id, phone_number, timezone', 'clients', `ORDER BY id LIMIT ${sampleSize}`);

/** Old numbers that break the rule have an index of their own, so this does not read the audience. */
const badNumbersOf = picked('count(*)::int AS count', 'clients', `AND phone_number !~ '${phoneNumberPattern}'`);

/** Who matches by now. @param withSample whether the caller may see clients */
export async function readAudience({ database }: Deps, picks: Picks, withSample: boolean): Promise<Audience> {
  const values = [picks.byTag, picks.tagIds, picks.byCode, picks.codeIds];
  const rows = await database.sql<{
    clients: number;
    timezone: string | null;
    tag: string | null;
    code: string | null;
  }>(countsOf, values);
  const zones = rows.flatMap(({ timezone, clients }) => (timezone === null ? [] : [{ timezone, clients }]));
  const [bad] = await database.sql<{ count: number }>(badNumbersOf, values);
  return {
    audience: zones.reduce((sum, { clients }) => sum + clients, 0),
    sample: withSample ? await database.sql<MailingPreview['sample'][number]>(sampleOf, values) : [],
    by_tag: rows.flatMap(({ tag, clients }) => (tag === null ? [] : [{ name: tag, clients }])),
    by_code: rows.flatMap(({ code, clients }) => (code === null ? [] : [{ code, clients }])),
    bad_numbers: bad!.count,
    zones,
  };
}
