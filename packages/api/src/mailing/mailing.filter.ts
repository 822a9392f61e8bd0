import { type CustomIssue, issue } from '@showroom/contract';
import type { Mailing as MailingRow, Transaction } from '@showroom/database';
import type { Deps } from '../context.js';
import { shorten } from '../shorten.js';
import { toMailing } from './mailing.presenter.js';

/** The ids behind the names of a filter; undefined where the filter is not given. */
export interface FilterIds {
  tagIds?: number[];
  codeIds?: number[];
}

interface Names {
  tags?: string[];
  codes?: string[];
}

/**
 * Looks up the names of a filter, and tells which are names of nothing.
 *
 * @param transaction writes the filter: until it ends, nobody renames or deletes what was found
 */
export async function findFilter(
  { database }: Deps,
  names: Names,
  transaction?: Transaction,
): Promise<FilterIds & { issues: CustomIssue[] }> {
  const keep = transaction && { transaction, lock: transaction.LOCK.KEY_SHARE };
  const tags = names.tags && (await database.tags.findAll({ where: { name: names.tags }, ...keep }));
  const codes = names.codes && (await database.codes.findAll({ where: { code: names.codes }, ...keep }));
  const tagNames = tags?.map(({ name }) => name);
  const codeNames = codes?.map(({ code }) => code);
  const issues = [
    ...unknown('tags', 'name', names.tags, tagNames),
    ...unknown('codes', 'code', names.codes, codeNames),
  ];
  return { tagIds: tags?.map(({ id }) => id), codeIds: codes?.map(({ id }) => id), issues };
}

function unknown(field: string, column: string, names: string[] = [], known: string[] = []): CustomIssue[] {
  const there = new Set(known);
  return names.flatMap((name, n) =>
    there.has(name)
      ? []
      : [issue('unknown_name', [field, n], `There is none called ${JSON.stringify(shorten(name))}.`, { column, name })],
  );
}

/**
 * The names of a changed mailing's filter that have to be looked up. Consumers send back what they have read: of one that
 * has started these are names of its start, and may be those of other rows by now, or of none.
 */
export function namesToFind(row: MailingRow, { tags, codes }: Names): Names {
  if (row.startedAt === null) return { tags, codes };
  const own = toMailing(row);
  return {
    tags: tags && isSameSet(tags, own.tags) ? undefined : tags,
    codes: codes && isSameSet(codes, own.codes) ? undefined : codes,
  };
}

/**
 * That a mailing whose tags or codes are all deleted would go to everybody: an empty list does not restrict. One that has
 * started has its audience.
 */
export function judgeLostFilter(row: MailingRow, { tags, codes }: Names): CustomIssue[] {
  const lost = lostOf(row);
  const asksFor = (field: 'tags' | 'codes', what: string) =>
    issue(
      'lost_filter',
      [field],
      `The ${field} that this mailing named were deleted. Name a ${what}, or it reaches everybody.`,
    );
  return [
    ...(lost.tags && tags?.length === 0 ? [asksFor('tags', 'tag')] : []),
    ...(lost.codes && codes?.length === 0 ? [asksFor('codes', 'code')] : []),
  ];
}

/** Whether a mailing that has not started names none of its tags or codes any more, and so reaches nobody. */
export const lostOf = ({ startedAt, byTag, byCode, tags, codes, status }: MailingRow) => {
  const isToStart = startedAt === null && (status === 'scheduled' || status === 'paused');
  return { tags: isToStart && byTag && tags.length === 0, codes: isToStart && byCode && codes.length === 0 };
};

/** Whether two lists mean the same filter. */
export const isSameSet = <T>(a: readonly T[], b: readonly T[]): boolean => {
  const [ofA, ofB] = [new Set(a), new Set(b)];
  return ofA.size === ofB.size && a.every((each) => ofB.has(each));
};
