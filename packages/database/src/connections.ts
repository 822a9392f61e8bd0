import type pg from 'pg';
import type { Sequelize, Transaction } from 'sequelize';

/** The part of Sequelize's connections that is of use here: pg's own, and a mark for those that are no good any more. */
type Connection = pg.Client & { _invalid?: boolean };

interface Statement {
  readonly text: string;
  readonly values: unknown[];
  /** Under a name, PostgreSQL prepares it once for each connection. */
  readonly name?: string;
  /** How long its answer may take, where that is longer than usual. */
  readonly query_timeout?: number;
}

export type Run = <Row extends object>(statement: Statement, transaction?: Transaction) => Promise<Row[]>;

/**
 * Runs statements on Sequelize's own connections, by pg alone: what Sequelize does around a statement costs several times
 * as much as the statement.
 */
export function runOn(sequelize: Sequelize): Run {
  const { connectionManager } = sequelize;

  async function runOnAny<Row extends object>(statement: Statement): Promise<Row[]> {
    const connection = (await connectionManager.getConnection({ type: 'read' })) as Connection;
    try {
      return (await connection.query<Row>(statement)).rows;
    } catch (error) {
      // After a mere ERROR of PostgreSQL's the connection goes on; after anything else it ends, or nobody knows.
      if ((error as { severity?: string }).severity !== 'ERROR') connection._invalid = true;
      throw error;
    } finally {
      connectionManager.releaseConnection(connection);
    }
  }

  return async <Row extends object>(statement: Statement, transaction?: Transaction): Promise<Row[]> => {
    if (!transaction) return runOnAny<Row>(statement);
    const { connection } = transaction as Transaction & { connection: Connection };
    return (await connection.query<Row>(statement)).rows;
  };
}
