import type { MailingList, Progress, Showroom } from '@showroom/sdk';
import type { Terminal } from './terminal.js';

export interface NewMailingOptions {
  text: string;
  tag?: string[];
  code?: string[];
  start?: Date;
  end: Date;
  perSecond?: number;
  watch?: boolean;
}

export async function createMailing(showroom: Showroom, terminal: Terminal, options: NewMailingOptions): Promise<void> {
  const mailing = await showroom.mailing.create({
    text: options.text,
    tags: options.tag ?? [],
    codes: options.code ?? [],
    start_notification_date: options.start ?? new Date(),
    end_notification_date: options.end,
    ...(options.perSecond !== undefined && { send_per_second: options.perSecond }),
  });
  terminal.say(`Mailing ${mailing.id} is made.`);
  if (options.watch) await watchMailing(showroom, terminal, mailing.id);
  else terminal.tell(mailing);
}

/** Until it has ended. For programs, a line of JSON each time that something has changed. */
export async function watchMailing(showroom: Showroom, terminal: Terminal, id: number): Promise<void> {
  let bar: ReturnType<Terminal['bar']> | undefined;
  terminal.whenStopped(`Stopped watching: mailing ${id} goes on.`);
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

const toPace = ({ perSecond, secondsLeft }: Progress) =>
  secondsLeft === null ? '' : `, ${perSecond?.toFixed(0)} a second, ${secondsLeft} s left`;

const toCounts = ({ total, sent, failed, expired, canceled, unknown }: Progress) =>
  [
    `${sent} of ${total} sent`,
    ...Object.entries({ failed, expired, canceled, unknown }).flatMap(([name, count]) =>
      count > 0 ? `${count} ${name}` : [],
    ),
  ].join(', ');

export type Step = 'pause' | 'resume' | 'cancel' | 'retry';

export async function steerMailing(showroom: Showroom, terminal: Terminal, step: Step, id: number): Promise<void> {
  if (step === 'retry') {
    const { messages, mailing } = await showroom.mailing.retry(id);
    terminal.say(`${messages} messages are sent again. Mailing ${id} is ${mailing.status}.`);
    return terminal.tell({ messages, mailing });
  }
  const mailing: MailingList = await showroom.mailing[step](id);
  terminal.say(`Mailing ${id} is ${mailing.status}.`);
  terminal.tell(mailing);
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
