import { DataTypes } from 'sequelize';

/**
 * A column to the microsecond: Sequelize's own DATE writes milliseconds, and takes two dates within one for equal. It
 * has a key of its own, or Sequelize would put PostgreSQL's DATE in its place. (Its classes cannot be extended: they
 * are proxies that make an instance of themselves.)
 */
export const timestamptz = Object.assign(new DataTypes.DATE(), {
  key: 'TIMESTAMPTZ',
  _stringify: (date: Date): string => date.toISOString(),
  _isChanged: (value: Date | null, before: Date | null): boolean => value?.toISOString() !== before?.toISOString(),
});
