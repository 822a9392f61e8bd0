import { ConfigError } from '@showroom/app';

/** Does one thing, says what was done, and lets the process end: with 1, and the reason, when it failed. */
export async function runOnce(work: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await work()}\n`);
  } catch (error) {
    const { message, stack } = error as Error;
    process.stderr.write(`${error instanceof ConfigError ? message : stack}\n`);
    process.exitCode = 1;
  }
}
