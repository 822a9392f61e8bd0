import { type Mailing, readLeft } from '@showroom/database';
import type { Deps } from '../../context.js';
import type { Audience } from './audience.js';
import { type Rate, readCurrentRate, readRate } from './rate.js';

/** What a started mailing has left, and how fast that goes. */
interface Left {
  readonly zones: Audience['zones'];
  readonly rate: Rate;
  /** Why the rate is none that was measured. */
  readonly warnings: readonly string[];
}

/** @param isStopped whether an operator has stopped all sending */
export async function readWhatIsLeft(deps: Deps, mailing: Mailing, isStopped: boolean): Promise<Left> {
  const isOpen = mailing.status === 'running' || mailing.status === 'paused';
  const left = isOpen ? await readLeft(deps.database, mailing.id) : [];
  const zones = left.map(({ timezone, messages }) => ({ timezone, clients: messages }));
  const isSending = mailing.status === 'running' && !isStopped && zones.length > 0;
  const current = isSending ? await readCurrentRate(deps, mailing) : null;
  return {
    zones,
    rate: current ?? (await readRate(deps, mailing.sendPerSecond)),
    warnings: [...(mailing.status === 'paused' ? [paused] : []), ...(isSending && !current ? [notMeasured] : [])],
  };
}

const paused = 'The mailing is paused. What is left is counted as if it were resumed now.';
const notMeasured =
  'The mailing has sent too little within the last minute to tell how fast it goes. The rate is not measured.';
