import { type Command, Option } from 'commander';
import { gatherNames, readEnd, readId, readMoment } from './arguments.js';
import { calling, type Deps } from './calling.js';
import { type Step, steerMailing, tellUnsent, watchMailing } from './mailing.js';
import { momentForms } from './moment.js';
import { createMailing, type NewMailingOptions } from './new-mailing.js';
import { previewMailing } from './preview.js';

export function addMailing(program: Command, deps: Deps): void {
  const mailing = program.command('mailing').description('one text to one audience between two moments');
  addCreate(mailing, deps);
  mailing
    .command('watch')
    .argument('<id>', 'which mailing', readId)
    .description('watch the progress until the mailing ends')
    .action(calling(deps, ({ showroom, terminal }, id: number) => watchMailing(showroom, terminal, id)));
  mailing
    .command('preview')
    .argument('<id>', 'which mailing', readId)
    .description('show whom it reaches; once it has started, what is left and how long that takes')
    .action(calling(deps, ({ showroom, terminal }, id: number) => previewMailing(showroom, terminal, id)));
  mailing
    .command('unsent')
    .argument('<id>', 'which mailing', readId)
    .option('--limit <count>', 'how many of each kind', readId, 20)
    .description('list the messages that were not delivered, and why')
    .action(
      calling(deps, ({ showroom, terminal }, id: number, { limit }: { limit: number }) =>
        tellUnsent(showroom, terminal, id, limit),
      ),
    );
  for (const [step, words] of Object.entries(steps) as [Step, string][]) {
    const command = mailing.command(step).argument('<id>', 'which mailing', readId).description(words);
    if (step === 'cancel' || step === 'retry') command.option('--yes', 'do not ask, also on a terminal');
    command.action(
      calling(deps, ({ showroom, terminal }, id: number, options: { yes?: boolean }) =>
        steerMailing(showroom, terminal, step, id, options),
      ),
    );
  }
}

const steps: Record<Step, string> = {
  pause: 'pause it',
  resume: 'resume it',
  cancel: 'cancel it for good; asks first, on a terminal',
  retry: 'send again what failed; asks first, on a terminal',
};

const addCreate = (mailing: Command, deps: Deps): unknown =>
  mailing
    .command('create')
    .description(
      'make a mailing. On a terminal it shows whom the mailing reaches, and asks; elsewhere it needs --yes. ' +
        'Without --tag or --code it needs --everybody',
    )
    .requiredOption('--text <text>', 'what is sent')
    .requiredOption('--end <moment>', `when nothing more is sent: ${momentForms}`, readEnd)
    .addOption(
      new Option('--start <moment>', "when it starts: now (the service's), or as --end")
        .argParser(readMoment)
        .default({ afterMs: 0 }, 'now'),
    )
    .option('--tag <name>', 'only clients with this tag; several are OR-ed', gatherNames)
    .option('--code <code>', 'only clients with this mobile operator code; several are OR-ed', gatherNames)
    .option('--everybody', 'all clients')
    .option('--per-second <count>', 'no more than so many a second', readId)
    .addOption(new Option('--dry-run', 'show what it would do, and make nothing').conflicts(['watch', 'yes']))
    .option('--yes', 'do not ask')
    .option('--watch', 'stay until it has ended')
    .action(
      calling(deps, async (place, options: NewMailingOptions) => {
        const id = await createMailing(place, options);
        if (id !== undefined && options.watch) await watchMailing(place.showroom, place.terminal, id);
        return id !== undefined || options.dryRun === true;
      }),
    );
