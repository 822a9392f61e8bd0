import type { Transaction } from 'sequelize';
import type { Model, ModelCtor, Sequelize } from 'sequelize-typescript';

/**
 * The rows that a row points at, kept as pairs of ids in a table of their own: the groups of a user. Spoken of in ids
 * only, many owners at once, so that two relations of one row never multiply each other in a join.
 */
export interface Relation {
  /** What each owner points at, in ascending order; one query for all of them. Owners without any are left out. */
  idsOf(ownerIds: number[], transaction?: Transaction): Promise<Map<number, number[]>>;
  /** Which of these ids there are. */
  existing(ids: number[]): Promise<Set<number>>;
  /**
   * Makes an owner, whose row the transaction has locked or inserted, point at exactly these.
   *
   * @throws ForeignKeyConstraintError when there is no such row
   */
  replace(ownerId: number, ids: Iterable<number>, transaction: Transaction): Promise<void>;
}

type Pair = Record<string, number>;

export function createRelation(
  sequelize: Sequelize,
  [pairModel, owner]: [ModelCtor, string],
  [targetModel, target]: [ModelCtor, string],
): Relation {
  const pairs = sequelize.getRepository<Model>(pairModel);
  const targets = sequelize.getRepository<Model>(targetModel);

  return {
    async idsOf(ownerIds, transaction) {
      const where = { [owner]: ownerIds };
      const rows = await pairs.findAll({ where, order: [target], raw: true, transaction });
      return byOwner(rows as unknown as Pair[], owner, target);
    },
    async existing(ids) {
      const rows = await targets.findAll({ attributes: ['id'], where: { id: ids } });
      return new Set(rows.map(({ id }) => id as number));
    },
    async replace(ownerId, ids, transaction) {
      await pairs.destroy({ where: { [owner]: ownerId }, transaction });
      const rows = [...new Set(ids)].map((id) => ({ [owner]: ownerId, [target]: id }));
      await pairs.bulkCreate(rows, { transaction });
    },
  };
}

function byOwner(pairs: Pair[], owner: string, target: string): Map<number, number[]> {
  const ids = new Map<number, number[]>();
  for (const pair of pairs) {
    const ownersIds = ids.get(pair[owner]!);
    if (ownersIds) ownersIds.push(pair[target]!);
    else ids.set(pair[owner]!, [pair[target]!]);
  }
  return ids;
}
