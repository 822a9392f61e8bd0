import { type Database, type Mailing as MailingRow, type Part, partOf, type Transaction } from '@showroom/database';
import type { Deps } from '../context.js';
import type { FilterIds } from './mailing.filter.js';

type Names = { tag?: string; code?: string };

const withFilter = ({ tags, codes }: Database) => [
  { model: tags, through: { attributes: [] } },
  { model: codes, through: { attributes: [] } },
];

const order: [string, string][] = [['id', 'ASC']];

export const readMailingRow = ({ database }: Deps, id: number, transaction?: Transaction): Promise<MailingRow | null> =>
  database.mailings.findByPk(id, { include: withFilter(database), transaction });

export const countMailings = async ({ database }: Deps, names: Names): Promise<number> =>
  database.mailings.count({ where: await named(database, names) });

/** Two steps: which ids, then their rows with tags and codes, so that a page's limit counts mailings, not joined rows. */
export async function readMailingRows({ database }: Deps, names: Names, part: Part) {
  const where = await named(database, names);
  const page = await database.mailings.findAll({ attributes: ['id'], ...partOf(part, where) });
  const ids = page.map(({ id }) => id);
  return database.mailings.findAll({ where: { id: ids }, order, include: withFilter(database) });
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
