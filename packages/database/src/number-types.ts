import pg from 'pg';

const bigintOid = 20;

/** bigint comes as a number: ids and counts stay far below 2^53. */
export const integersAsNumbers = {
  ...pg.types,
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === bigintOid ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};
