import type { Transaction } from 'sequelize';
import { countingClients, type Database } from './database.js';
import type { Lender } from './dispatch-store/connections.js';
import { inTransaction } from './dispatch-store/transaction.js';
import { longStatementMs } from './patience.js';
import { unlessDeadlocked } from './violations.js';

/** What can be asked and done without a model. A worker has no more than this. */
export type Statements = Pick<Database, 'sql' | 'sqlAtLength' | 'transaction' | 'countClients'>;

/** A transaction here is the connection that it runs on; only `sql` below looks into it. */
type Open = Transaction & { readonly connection: { query: Lender['query'] } };

/** The same as the API's, on connections that somebody lends. */
export function createStatements(lender: Lender): Statements {
  const run =
    (limits: { query_timeout?: number }) =>
    async <Row extends object>(text: string, values: unknown[] = [], transaction?: Transaction): Promise<Row[]> => {
      const runner = transaction ? (transaction as Open).connection : lender;
      return (await runner.query({ text, values, ...limits })).rows as Row[];
    };
  const sql = run({});
  return {
    sql,
    sqlAtLength: run({ query_timeout: longStatementMs }),
    transaction: (work) =>
      unlessDeadlocked(() => inTransaction(lender, (connection) => work({ connection } as unknown as Transaction))),
    countClients: async ({ tagId, codeId } = {}) =>
      (await sql<{ clients: number }>(countingClients.text, [tagId ?? null, codeId ?? null]))[0]!.clients,
  };
}
