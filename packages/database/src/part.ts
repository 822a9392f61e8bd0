import { Op, type Order, type WhereOptions } from 'sequelize';

/** A part of rows in the order of their ids: `offset` rows are left out first, and all up to and with the id `after`. */
export interface Part {
  readonly offset: number;
  readonly limit: number;
  readonly after?: number;
}

/**
 * How `findAll` finds a part of the rows that match.
 *
 * @example database.tags.findAll(partOf(part))
 */
export function partOf(
  { offset, limit, after }: Part,
  where: WhereOptions = {},
  direction: 'ASC' | 'DESC' = 'ASC',
): { offset: number; limit: number; order: Order; where: WhereOptions } {
  const beyond = after === undefined ? {} : { id: { [direction === 'ASC' ? Op.gt : Op.lt]: after } };
  return { offset, limit, order: [['id', direction]], where: { [Op.and]: [where, beyond] } };
}
