import type { Transaction } from 'sequelize';
import type { Model, ModelCtor, Sequelize } from 'sequelize-typescript';
import type { Run } from './connections.js';
import type { Part } from './part.js';

/** What a row holds: the model's columns, by their names there, and nothing of what a model can do. */
export type RowOf<M extends Model> = Omit<M, keyof Model> & { id: number };

/**
 * The few statements that are run thousands of times a second. The model says what the columns are; the statements are
 * compiled from it once, prepared on each connection, and give plain rows.
 */
export interface CompiledRows<Row> {
  find(id: number): Promise<Row | null>;
  /**
   * In the order of their ids.
   *
   * @param matching values that columns have in these rows
   */
  part(part: Part, matching?: Partial<Row>): Promise<Row[]>;
  /** @throws an error of PostgreSQL's own when a constraint is broken: see `brokenConstraint` */
  insert(values: Partial<Row>, transaction: Transaction): Promise<Row>;
}

/**
 * @param columns what an insert says; the database knows the others
 * @example compileRows(sequelize, run, Client, ['phoneNumber', 'timezone', 'codeId', 'tagId'])
 */
export function compileRows<M extends Model>(
  sequelize: Sequelize,
  run: Run,
  model: ModelCtor<M>,
  columns: readonly (keyof RowOf<M> & string)[],
): CompiledRows<RowOf<M>> {
  const { tableName, rawAttributes } = sequelize.getRepository(model);
  const quote = (name: string) => `"${name}"`;
  const fieldOf = (name: string) => quote(rawAttributes[name]?.field ?? name);
  const all = Object.keys(rawAttributes).map((name) => `${fieldOf(name)} AS ${quote(name)}`);
  const table = quote(tableName);
  const select = `SELECT ${all} FROM ${table}`;
  const findOne = `${select} WHERE id = $1`;
  const insertOne = `INSERT INTO ${table} (${columns.map(fieldOf)}) VALUES (${columns.map((_, n) => `$${n + 1}`)}) RETURNING ${all}`;
  const named = (what: string, text: string) => ({ name: `${what} ${tableName}`, text });
  const [finding, inserting] = [named('find', findOne), named('insert into', insertOne)];
  // One statement for each set of columns: there are few, and a plan for all of them would be good for none.
  const parting = (names: string[]) => {
    const conditions = ['id > $1', ...names.map((name, n) => `${fieldOf(name)} = $${n + 4}`)];
    const text = `${select} WHERE ${conditions.join(' AND ')} ORDER BY id LIMIT $2 OFFSET $3`;
    return named(['part of', ...names].join(' '), text);
  };
  return {
    find: async (id) => (await run<RowOf<M>>({ ...finding, values: [id] }))[0] ?? null,
    part: ({ offset, limit, after = 0 }, matching = {}) => {
      const values = [after, limit, offset, ...Object.values(matching)];
      return run<RowOf<M>>({ ...parting(Object.keys(matching)), values });
    },
    insert: async (values, transaction) => {
      const given = columns.map((name) => values[name] ?? null);
      return (await run<RowOf<M>>({ ...inserting, values: given }, transaction))[0]!;
    },
  };
}
