import { type CustomIssue, issue } from '@showroom/contract';
import type { Relation, Transaction } from '@showroom/database';

/** The relations of a resource's rows, by the field that lists their ids. */
export type Relations<Field extends string> = Readonly<Record<Field, Relation>>;

/** A row, and in each field the ids it points at. */
export interface Related<Row, Field extends string> {
  readonly row: Row;
  readonly ids: Record<Field, number[]>;
}

const fieldsOf = <Field extends string>(relations: Relations<Field>) =>
  Object.entries(relations) as [Field, Relation][];

/** Adds to rows the ids they point at: one query for each field, however many rows. */
export async function withRelated<Row extends { id: number }, Field extends string>(
  relations: Relations<Field>,
  rows: Row[],
  transaction?: Transaction,
): Promise<Related<Row, Field>[]> {
  const owners = rows.map(({ id }) => id);
  const found = new Map<Field, Map<number, number[]>>();
  // In turn: inside a transaction they share a connection.
  for (const [field, relation] of fieldsOf(relations)) found.set(field, await relation.idsOf(owners, transaction));
  const idsOf = (owner: number) => [...found].map(([field, ids]) => [field, ids.get(owner) ?? []]);
  return rows.map((row) => ({ row, ids: Object.fromEntries(idsOf(row.id)) }));
}

/**
 * Makes a row point at the ids that are given, keeps the fields that are not, and gives the row as it stands then. An
 * id of nothing breaks a constraint; `judgeRelated` tells which.
 */
export async function writeRelated<Row extends { id: number }, Field extends string>(
  relations: Relations<Field>,
  row: Row,
  given: Partial<Record<NoInfer<Field>, number[]>>,
  transaction: Transaction,
): Promise<Related<Row, Field>> {
  for (const [field, relation] of fieldsOf(relations)) {
    const ids = given[field];
    if (ids) await relation.replace(row.id, ids, transaction);
  }
  const [related] = await withRelated(relations, [row], transaction);
  return related!;
}

/** Which of the given ids are of nothing, for all fields at once. */
export async function judgeRelated<Field extends string>(
  relations: Relations<Field>,
  given: Partial<Record<NoInfer<Field>, number[]>>,
): Promise<CustomIssue[]> {
  const issues = fieldsOf(relations).map(([field, relation]) => judgeIds(field, relation, given[field] ?? []));
  return (await Promise.all(issues)).flat();
}

async function judgeIds(field: string, relation: Relation, ids: number[]): Promise<CustomIssue[]> {
  if (ids.length === 0) return [];
  const there = await relation.existing(ids);
  return ids.flatMap((id, n) =>
    there.has(id) ? [] : [issue('unknown_id', [field, n], `There is no row with the id ${id}.`, { id })],
  );
}
