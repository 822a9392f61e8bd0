import {
  type Database,
  type Mailing as MailingRow,
  type Part,
  partOf,
  type RowOf,
  type Transaction,
} from '@showroom/database';
import type { Deps } from '../context.js';
import type { FilterIds } from './mailing.filter.js';

type Names = { tag?: string; code?: string };

/** A mailing as lists show it: what its row holds, and its filter. */
export type ListedMailing = RowOf<MailingRow>;

const tagsOf = `
  SELECT f.mailing_id, t.id, t.name FROM mailing_tags f JOIN tags t ON t.id = f.tag_id
  WHERE f.mailing_id = ANY($1) ORDER BY t.id`;
const codesOf = `
  SELECT f.mailing_id, c.id, c.code FROM mailing_codes f JOIN codes c ON c.id = f.code_id
  WHERE f.mailing_id = ANY($1) ORDER BY c.id`;

/** One query for each kind of names, however many mailings. */
async function addFilters({ sql }: Database, mailings: ListedMailing[], transaction?: Transaction): Promise<void> {
  const values = [mailings.map(({ id }) => id)];
  const tags = await sql<Named<{ id: number; name: string }>>(tagsOf, values, transaction);
  const codes = await sql<Named<{ id: number; code: string }>>(codesOf, values, transaction);
  const [tagsByMailing, codesByMailing] = [byMailing(tags), byMailing(codes)];
  for (const mailing of mailings) {
    mailing.tags = tagsByMailing.get(mailing.id) ?? [];
    mailing.codes = codesByMailing.get(mailing.id) ?? [];
  }
}

type Named<Name> = Name & { mailing_id: number };

function byMailing<Name>(names: Named<Name>[]): Map<number, Name[]> {
  const found = new Map<number, Name[]>();
  for (const name of names) {
    const others = found.get(name.mailing_id);
    if (others) others.push(name);
    else found.set(name.mailing_id, [name]);
  }
  return found;
}

export async function readMailingRow(
  { database }: Deps,
  id: number,
  transaction?: Transaction,
): Promise<MailingRow | null> {
  const row = await database.mailings.findByPk(id, { transaction });
  if (row) await addFilters(database, [row], transaction);
  return row;
}

export const countMailings = async ({ database }: Deps, names: Names): Promise<number> =>
  database.mailings.count({ where: await named(database, names) });

export async function readMailingRows({ database }: Deps, names: Names, part: Part): Promise<ListedMailing[]> {
  const where = await named(database, names);
  // Plain rows: a model takes many times as long to be made, and a page may have thousands.
  const rows = await database.mailings.findAll({ ...partOf(part, where), raw: true });
  await addFilters(database, rows);
  return rows;
}

/** Mailings whose filter names this tag and this code. */
async function named(database: Database, { tag, code }: Names): Promise<{ id?: number[] }> {
  if (tag === undefined && code === undefined) return {};
  const rows = await database.sql<{ id: number }>(
    `SELECT m.id FROM mailings m WHERE m.deleted_at IS NULL
       AND ($1::text IS NULL OR $1 = ANY(m.tag_names) OR m.tag_names IS NULL AND EXISTS (
         SELECT FROM mailing_tags f JOIN tags t ON t.id = f.tag_id WHERE f.mailing_id = m.id AND t.name = $1))
       AND ($2::text IS NULL OR $2 = ANY(m.code_names) OR m.code_names IS NULL AND EXISTS (
         SELECT FROM mailing_codes f JOIN codes c ON c.id = f.code_id WHERE f.mailing_id = m.id AND c.code = $2))`,
    [tag ?? null, code ?? null],
  );
  return { id: rows.map(({ id }) => id) };
}

/** Replaces the tags and codes that are given; leaves those that are not. */
export async function writeFilter(
  { database }: Deps,
  mailingId: number,
  { tagIds, codeIds }: FilterIds,
  transaction: Transaction,
): Promise<void> {
  const options = { where: { mailingId }, transaction };
  if (tagIds) {
    await database.mailingTags.destroy(options);
    await database.mailingTags.bulkCreate(
      tagIds.map((tagId) => ({ mailingId, tagId })),
      { transaction },
    );
  }
  if (codeIds) {
    await database.mailingCodes.destroy(options);
    await database.mailingCodes.bulkCreate(
      codeIds.map((codeId) => ({ mailingId, codeId })),
      { transaction },
    );
  }
}
