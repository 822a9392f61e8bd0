import { startFailure } from '@showroom/app';
import { explainStartFault } from '@showroom/database';

/** Does one thing, says what was done, and lets the process end: with 1, and the reason, when it failed. */
export async function runOnce(work: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await work()}\n`);
  } catch (error) {
    process.stderr.write(`${startFailure(error as Error, explainStartFault)}\n`);
    process.exitCode = 1;
  }
}
