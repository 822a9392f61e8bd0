import { type CustomIssue, issue } from '@showroom/contract';
import type { Deps } from '../context.js';
import { RefusedValues } from '../errors.js';

/** The ids behind the names of a filter; undefined where the filter is not given. */
export interface FilterIds {
  tagIds?: number[];
  codeIds?: number[];
}

/** Looks up the names of a filter; those of nothing are refused, all of them at once. */
export async function resolveFilter(deps: Deps, names: Names): Promise<FilterIds> {
  const { tags, codes, issues } = await lookUp(deps, names);
  if (issues.length > 0) throw new RefusedValues(issues);
  return { tagIds: tags?.map(({ id }) => id), codeIds: codes?.map(({ id }) => id) };
}

/** What only the database can tell is wrong with a mailing: names of nothing in its filter. */
export const judgeFilter = async (deps: Deps, names: Names): Promise<CustomIssue[]> =>
  (await lookUp(deps, names)).issues;

interface Names {
  tags?: string[];
  codes?: string[];
}

async function lookUp({ database }: Deps, names: Names) {
  const tags = names.tags && (await database.tags.findAll({ where: { name: names.tags } }));
  const codes = names.codes && (await database.codes.findAll({ where: { code: names.codes } }));
  const tagNames = tags?.map(({ name }) => name);
  const codeNames = codes?.map(({ code }) => code);
  const issues = [
    ...unknown('tags', 'name', names.tags, tagNames),
    ...unknown('codes', 'code', names.codes, codeNames),
  ];
  return { tags, codes, issues };
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
