import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as letOthersRun } from 'node:timers/promises';
import { ApiError } from './errors.js';

/*
 * An answer of 10,000 rows takes a second to be judged and written. In one piece, nobody else would be served meanwhile.
 * So it is made in slices, and other requests run between them. Long answers are made one after the other: ten at once
 * would put ten slices between two turns of everybody else. An answer whose caller has left is not made any further.
 */

/** A list of so many rows is made in one piece. */
const fewRows = 200;
const longestSliceMs = 5;
/** To look at the clock takes time, too. */
const rowsBetweenLooks = 8;

export const isLong = (value: unknown): value is unknown[] => Array.isArray(value) && value.length > fewRows;

/** Whether an answer has a list that is made in slices. */
export const hasLongList = (answer: unknown): answer is Record<string, unknown> =>
  typeof answer === 'object' && answer !== null && !Array.isArray(answer) && Object.values(answer).some(isLong);

const callers = new AsyncLocalStorage<AbortSignal>();

/** Runs something whose long lists are for one caller. @param gone aborts when the caller leaves */
export const runFor = <Made>(gone: AbortSignal, run: () => Made): Made => callers.run(gone, run);

let lastTurn: Promise<unknown> = Promise.resolve();

/**
 * Makes something of each row, in slices, when all long lists before it are done.
 *
 * @throws ApiError request.gone when the caller has left
 */
export function mapInSlices<Row, Made>(rows: readonly Row[], make: (row: Row) => Made): Promise<Made[]> {
  const gone = callers.getStore();
  const turn = lastTurn.then(() => makeInSlices(rows, make, gone));
  lastTurn = turn.catch(() => {});
  return turn;
}

async function makeInSlices<Row, Made>(
  rows: readonly Row[],
  make: (row: Row) => Made,
  gone: AbortSignal | undefined,
): Promise<Made[]> {
  const made: Made[] = [];
  let sliceEnds = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    if (made.length % rowsBetweenLooks === 0 && performance.now() > sliceEnds) {
      if (gone?.aborted) throw new ApiError('request.gone');
      await letOthersRun();
      sliceEnds = performance.now() + longestSliceMs;
    }
    made.push(make(row));
  }
  return made;
}
