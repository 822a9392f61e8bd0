import { createShowroom, type Showroom, type ShowroomOptions } from '@showroom/sdk';
import { Mistake } from './mistake.js';
import type { Terminal } from './terminal.js';

/** Says what it waits for, and refuses what is not an address. */
export function connect(options: ShowroomOptions, terminal: Terminal): Showroom {
  const warn = (message: string, details: object) =>
    terminal.note(`${message} ${(details as { reason: string }).reason}`);
  try {
    return createShowroom({ ...options, logger: { warn } });
  } catch (cause) {
    throw new Mistake((cause as Error).message, { cause });
  }
}
