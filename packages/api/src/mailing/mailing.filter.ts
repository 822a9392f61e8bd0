import { type CustomIssue, issue } from '@showroom/contract';
import type { Transaction } from '@showroom/database';
import type { Deps } from '../context.js';

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
      : [issue('unknown_name', [field, n], `There is none called ${JSON.stringify(name)}.`, { column, name })],
  );
}

/** Whether two lists of ids mean the same filter. */
export const isSameSet = (a: number[], b: number[]) => a.length === b.length && new Set([...a, ...b]).size === a.length;
