import type { MessageCounts, Showroom } from '@showroom/sdk';
import type { Terminal } from './terminal.js';

const toLine = ({ total, sent, pending, failed, expired, canceled, unknown }: MessageCounts) =>
  `${sent} of ${total} sent, ${pending} pending, ${failed} failed, ${expired} expired, ${canceled} canceled, ${unknown} unknown`;

/** Of one mailing, or of all. */
export async function tellStatistic(showroom: Showroom, terminal: Terminal, id: number | undefined): Promise<void> {
  if (id !== undefined) {
    const statistic = await showroom.statistic.read(id);
    terminal.say(`Mailing ${id} is ${statistic.status}: ${toLine(statistic.messages)}.`);
    for (const { name, messages } of statistic.by_tag)
      terminal.say(`  tag ${name ?? '(deleted)'}: ${toLine(messages)}`);
    for (const { code, messages } of statistic.by_code)
      terminal.say(`  code ${code ?? '(deleted)'}: ${toLine(messages)}`);
    return terminal.tell(statistic);
  }
  const statistic = await showroom.statistic.list();
  terminal.say(`${statistic.mailings} mailings, ${statistic.clients} clients; ${toLine(statistic.messages)}.`);
  for (const { id: each, status, messages } of statistic.results)
    terminal.say(`  ${each} ${status}: ${toLine(messages)}`);
  terminal.tell(statistic);
}
