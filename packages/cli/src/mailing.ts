import { type MailingList, PermissionError, type Progress, type Showroom } from '@showroom/sdk';
import type { Terminal } from './terminal.js';

/** Until it has ended. For programs, a line of JSON each time that something has changed. */
export async function watchMailing(showroom: Showroom, terminal: Terminal, id: number): Promise<void> {
  let bar: ReturnType<Terminal['bar']> | undefined;
  terminal.whenStopped(`Stopped watching. Mailing ${id} continues.`);
  for await (const progress of showroom.mailing.watch(id)) {
    terminal.tell(progress);
    if (!bar && progress.total > 0) bar = terminal.bar('{bar} {value} of {total}{rows}', progress.total);
    bar?.update(progress.total - progress.pending, { rows: toPace(progress) });
    if (!terminal.isSeen) terminal.note(`${progress.status}: ${toCounts(progress)}${toPace(progress)}`);
    if (!progress.isOver) continue;
    bar?.stop();
    terminal.say(`Mailing ${id} is ${progress.status}: ${toCounts(progress)}.`);
  }
}

function toPace({ perSecond, secondsLeft, isStopped, isOver }: Progress): string {
  if (isStopped && !isOver) return ', all sending is stopped (run showroom sending to see why)';
  return secondsLeft === null ? '' : `, ${perSecond?.toFixed(0)} a second, ${secondsLeft} s left`;
}

const toCounts = ({ total, sent, failed, expired, canceled, unknown }: Progress) =>
  [
    `${sent} of ${total} sent`,
    ...Object.entries({ failed, expired, canceled, unknown }).flatMap(([name, count]) =>
      count > 0 ? `${count} ${name}` : [],
    ),
  ].join(', ');

export type Step = 'pause' | 'resume' | 'cancel' | 'retry';

/** Steps that send texts, or cannot be taken back: whoever sits at a terminal is asked. */
const asked: Partial<Record<Step, string>> = { cancel: 'Cancel', retry: 'Send again what failed of' };

/** @returns whether it was done; not, where somebody was asked and said no */
export async function steerMailing(
  showroom: Showroom,
  terminal: Terminal,
  step: Step,
  id: number,
  { yes = false }: { yes?: boolean } = {},
): Promise<boolean> {
  const verb = asked[step];
  if (verb !== undefined && !yes && terminal.canAsk) {
    terminal.whenStopped('Stopped. Nothing was changed.');
    if (!(await terminal.confirm(`${verb} ${await nameOf(showroom, id)}?`))) {
      terminal.note('Nothing was changed.');
      return false;
    }
    terminal.whenStopped(`Stopped. The change may have been made: check with showroom mailing watch ${id}`);
  }
  if (step === 'retry') {
    const { messages, mailing } = await showroom.mailing.retry(id);
    terminal.say(`${messages} messages are sent again. Mailing ${id} is ${mailing.status}.`);
    terminal.tell({ messages, mailing });
    return true;
  }
  const mailing: MailingList = await showroom.mailing[step](id);
  terminal.say(`Mailing ${id} is ${mailing.status}.`);
  terminal.tell(mailing);
  return true;
}

/** So much of a text that it is recognised. */
const shownLength = 60;

/** A mailing as somebody recognises it, as far as they may view it. */
async function nameOf(showroom: Showroom, id: number): Promise<string> {
  try {
    const { text, status } = await showroom.mailing.read(id);
    const shown = text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
    return `mailing ${id}, ${JSON.stringify(shown)} (${status})`;
  } catch (error) {
    if (error instanceof PermissionError) return `mailing ${id}`;
    throw error;
  }
}

/** Messages that did not get there, or of which nobody knows, with their reasons: the first of each kind. */
export async function tellUnsent(showroom: Showroom, terminal: Terminal, id: number, limit: number): Promise<void> {
  for (const status of ['failed', 'unknown', 'expired', 'canceled'] as const) {
    for (const message of await showroom.messages.list.toArray({ mailing_list: id, status, limit })) {
      const timeline = await showroom.messages.read(message.id);
      const whom = timeline.phone_number ?? `client ${timeline.client}, who is deleted`;
      terminal.say(`${status} ${timeline.id} to ${whom}: ${timeline.explanation}`);
      terminal.tell(timeline);
    }
  }
}
