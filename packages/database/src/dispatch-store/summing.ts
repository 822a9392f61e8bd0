import { setTimeout as sleep } from 'node:timers/promises';
import { sumUp, worthwhileRanges } from '../ledger/sum-up.js';
import type { Lender } from './connections.js';
import { inTransaction } from './transaction.js';

const unsummed = `
  SELECT r.mailing_id AS id FROM ranges r JOIN mailings m ON m.id = r.mailing_id
  WHERE r.done AND NOT r.summed AND m.deleted_at IS NULL AND m.purged_at IS NULL
  GROUP BY r.mailing_id HAVING count(*) >= ${worthwhileRanges} OR bool_or(m.finished_at IS NOT NULL)
  ORDER BY 1 LIMIT 100`;

/**
 * Sums up what is done while mailings run, and what a worker that died left: so a statistic has little to look at. One
 * batch at a time, in the background. What fails is done by a later sweep, here or in another worker.
 */
export function createSumming(lender: Lender) {
  const doneRanges = new Map<number, number>();
  const waiting = new Set<number>();
  let isAtIt = false;
  let isStopped = false;

  async function sumUpOne(mailingId: number): Promise<void> {
    for (let isMore = true; isMore && !isStopped; ) {
      const startedAt = performance.now();
      isMore = await inTransaction(lender, (client) =>
        sumUp(async (statement, values) => (await client.query(statement, values)).rows, mailingId),
      );
      // Between two batches, the database has as long for everybody else.
      if (isMore) await sleep(performance.now() - startedAt, undefined, { ref: false });
    }
  }

  async function work(): Promise<void> {
    if (isAtIt) return;
    isAtIt = true;
    try {
      for (const mailingId of waiting) {
        waiting.delete(mailingId);
        await sumUpOne(mailingId);
      }
    } catch {
      waiting.clear();
    } finally {
      isAtIt = false;
    }
  }

  return {
    /** Sums up when enough ranges are done. */
    rangeIsDone(mailingId: number): void {
      const done = (doneRanges.get(mailingId) ?? 0) + 1;
      if (done < worthwhileRanges) return void doneRanges.set(mailingId, done);
      doneRanges.delete(mailingId);
      waiting.add(mailingId);
      void work();
    },
    /** Resolves when it is done, or has failed. */
    sumUp: (mailingId: number): Promise<void> => {
      doneRanges.delete(mailingId);
      return sumUpOne(mailingId).catch(() => {});
    },
    /** Looks for whatever was left. */
    sweep(): void {
      lender.query<{ id: number }>(unsummed).then(
        ({ rows }) => {
          for (const { id } of rows) waiting.add(id);
          return work();
        },
        () => {},
      );
    },
    stop(): void {
      isStopped = true;
      waiting.clear();
    },
  };
}
