/** A look that has not come back after this long is given up: the connection it waits on may be dead. */
const givenUpMs = 30_000;

/**
 * Gives `look` a deadline. While one look is on its way, others wait for its answer: a store that hangs is not asked again
 * and again, each time on another connection.
 *
 * @returns looks; rejects after `ms` without an answer
 * @example const look = withDeadline(1_000, () => database.sql('SELECT 1'));
 */
export function withDeadline<T>(ms: number, look: () => Promise<T>): () => Promise<T> {
  let current: { readonly since: number; readonly answer: Promise<T> } | undefined;

  function begin(): Promise<T> {
    const mine = { since: performance.now(), answer: look() };
    current = mine;
    const forget = () => {
      if (current === mine) current = undefined;
    };
    mine.answer.then(forget, forget);
    return mine.answer;
  }

  return () => {
    const isOnItsWay = current !== undefined && performance.now() - current.since < givenUpMs;
    return within(ms, isOnItsWay && current ? current.answer : begin());
  };
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
