import { type CustomIssue, issue } from '@showroom/contract';
import type { Deps } from '../context.js';
import { RefusedValues } from '../errors.js';

/** The ids behind the names of a filter; undefined where the filter is not given. */
export interface FilterIds {
  tagIds?: number[];
  codeIds?: number[];
}

/** Looks up the names of a filter; those of nothing are refused, all of them at once. */
export async function resolveFilter(
  { database }: Deps,
  { tags, codes }: { tags?: string[]; codes?: string[] },
): Promise<FilterIds> {
  const tagRows = tags && (await database.tags.findAll({ where: { name: tags } }));
  const codeRows = codes && (await database.codes.findAll({ where: { code: codes } }));
  const issues = [
    ...unknown(
      'tags',
      'name',
      tags,
      tagRows?.map(({ name }) => name),
    ),
    ...unknown(
      'codes',
      'code',
      codes,
      codeRows?.map(({ code }) => code),
    ),
  ];
  if (issues.length > 0) throw new RefusedValues(issues);
  return { tagIds: tagRows?.map(({ id }) => id), codeIds: codeRows?.map(({ id }) => id) };
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
