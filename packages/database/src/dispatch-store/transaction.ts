import type pg from 'pg';
import { isAnswer } from '../patience.js';
import type { Lender } from './connections.js';

/** Runs `work` in a transaction on a connection of its own: committed when it resolves, undone when it throws. */
export async function inTransaction<T>(
  lender: Lender,
  work: (client: pg.PoolClient) => Promise<T>,
  isolation: 'READ COMMITTED' | 'REPEATABLE READ' = 'READ COMMITTED',
): Promise<T> {
  const client = await lender.connect();
  let broken: Error | undefined;
  // A connection that breaks between two statements says so here; the next statement fails, and tells us.
  const onBroken = (error: Error) => {
    broken = error;
  };
  client.on('error', onBroken);
  try {
    await client.query(`BEGIN ISOLATION LEVEL ${isolation}`);
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    if (isAnswer(error)) {
      await client.query('ROLLBACK').catch((failure: Error) => {
        broken = failure;
      });
    } else broken = error as Error;
    throw error;
  } finally {
    client.off('error', onBroken);
    client.release(broken);
  }
}
