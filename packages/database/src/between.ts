import { Op, type WhereOptions } from 'sequelize';

/** The condition that a column is not before `since`, and before `until`; one without a bound may be left out. */
export const between = (since: Date | undefined, until: Date | undefined): WhereOptions => ({
  ...(since && { [Op.gte]: since }),
  ...(until && { [Op.lt]: until }),
});
