import type { Sending, Showroom } from '@showroom/sdk';
import type { Command } from 'commander';
import { calling, type Deps } from './calling.js';
import type { Terminal } from './terminal.js';

/** Stopping asks nothing: whoever stops everything is in a hurry, and can resume it. */
export function addSending(program: Command, deps: Deps): void {
  const telling = <Given extends unknown[]>(act: (showroom: Showroom, ...given: Given) => Promise<Sending>) =>
    calling(deps, async ({ showroom, terminal }, ...given: Given) => tell(terminal, await act(showroom, ...given)));
  const sending = program
    .command('sending')
    .description('tell whether messages are sent at all')
    .action(telling((showroom) => showroom.sending.read()));
  sending
    .command('stop')
    .requiredOption('--reason <text>', 'why, for everybody who looks for the cause')
    .description('stop all sending, without asking first: within a second, no request starts any more')
    .action(telling((showroom, { reason }: { reason: string }) => showroom.sending.stop({ reason })));
  sending
    .command('resume')
    .description('resume all sending')
    .action(telling((showroom) => showroom.sending.resume()));
}

function tell(terminal: Terminal, sending: Sending): void {
  terminal.say(toLine(sending));
  terminal.tell(sending);
}

const toLine = ({ stopped, by, since, reason }: Sending) =>
  stopped ? `All sending is stopped since ${since?.toISOString()}, by ${by}: ${reason}` : 'Sending is not stopped.';
