import { createRequire } from 'node:module';
import type { Showroom } from '@showroom/sdk';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type ImportOptions, importClients } from './clients.js';
import type { Environment } from './config.js';
import { connect } from './connect.js';
import { login, logout, requireLogin } from './login.js';
import { createMailing, type NewMailingOptions, type Step, steerMailing, tellUnsent, watchMailing } from './mailing.js';
import { tellStatistic } from './statistic.js';
import { createTerminal, type Terminal } from './terminal.js';

interface Common {
  url?: string;
  token?: string;
  json?: boolean;
}

const toId = (text: string): number => {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
};
const toMoment = (text: string): Date => {
  const [, amount, unit] = /^\+(\d+)([mhd])$/.exec(text) ?? [];
  const minutes = { m: 1, h: 60, d: 1_440 }[unit as 'm' | 'h' | 'd'];
  const date =
    text === 'now' ? new Date() : minutes ? new Date(Date.now() + Number(amount) * minutes * 60_000) : new Date(text);
  if (Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('It must be "now", "+2h", "+30m", "+1d" or a date such as 2026-12-01T09:00:00Z.');
  return date;
};
const gather = (value: string, before: string[] = []) => [...before, value];

/** What each command is given to work with. */
interface Deps {
  environment: Environment;
  /** Called when a command has done its work and something was wrong all the same. */
  fail(): void;
}

const terminalOf = (command: Command): Terminal =>
  createTerminal({ isJson: command.optsWithGlobals<Common>().json === true });

/** A command that calls the service, as commander wants it: what was typed first, the command itself last. */
const calling =
  <Given extends unknown[]>(
    { environment }: Deps,
    work: (showroom: Showroom, terminal: Terminal, ...given: Given) => Promise<unknown>,
  ) =>
  async (...given: unknown[]) => {
    const command = given.at(-1) as Command;
    const { url, token } = await requireLogin(environment, command.optsWithGlobals<Common>());
    const terminal = terminalOf(command);
    await work(connect({ baseUrl: url, token }, terminal), terminal, ...(given.slice(0, -1) as Given));
  };

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/**
 * The command line.
 *
 * @example await createProgram({ environment: readEnvironment(), fail }).parseAsync();
 */
export function createProgram(deps: Deps): Command {
  const program = new Command('showroom')
    .description('Showroom from a terminal. Also by SHOWROOM_URL and SHOWROOM_TOKEN.')
    .option('--url <url>', 'where the service is')
    .option('--token <token>', 'a token of a program')
    .option('--json', 'results as JSON on stdout, for scripts')
    .version(version)
    .showHelpAfterError('(showroom help, and showroom help <command>, tell more)')
    .exitOverride();
  addSession(program, deps);
  addClients(program, deps);
  addMailing(program, deps);
  program
    .command('statistic')
    .argument('[id]', 'of one mailing', toId)
    .description('count messages by status, of all mailings or of one')
    .action(calling(deps, (showroom, terminal, id: number | undefined) => tellStatistic(showroom, terminal, id)));
  return program;
}

function addSession(program: Command, { environment }: Deps): void {
  program
    .command('login')
    .description('sign in, and keep a token for this user of this machine')
    .option('--username <name>', 'who you are; the password is asked for, or SHOWROOM_PASSWORD')
    .action((_options: object, command: Command) => login(environment, terminalOf(command), command.optsWithGlobals()));
  program
    .command('logout')
    .description('forget the token')
    .action((_options: object, command: Command) => logout(environment, terminalOf(command)));
}

function addClients(program: Command, deps: Deps): void {
  program
    .command('clients')
    .description('people who can be reached')
    .command('import <file>')
    .description(
      'import a CSV or NDJSON file, or - for what is piped in; rows that are refused are told of, and the exit code is 1',
    )
    .addOption(
      new Option('--known <what>', 'what to do with phone numbers that are there').choices(['add', 'update', 'skip']),
    )
    .addOption(new Option('--format <format>', 'what the file is, if its name does not say').choices(['csv', 'ndjson']))
    .action(
      calling(deps, async (showroom, terminal, file: string, options: ImportOptions) => {
        if (!(await importClients(showroom, terminal, file, options))) deps.fail();
      }),
    );
}

function addMailing(program: Command, deps: Deps): void {
  const mailing = program.command('mailing').description('one text to one audience between two moments');
  mailing
    .command('create')
    .description('make a mailing')
    .requiredOption('--text <text>', 'what is sent')
    .requiredOption('--end <moment>', 'when nothing more is sent: +2h, or a date', toMoment)
    .option('--start <moment>', 'when it starts: now (if nothing is said), +30m, or a date', toMoment)
    .option('--tag <name>', 'only clients with this tag; several are OR-ed', gather)
    .option('--code <code>', 'only clients with this mobile operator code; several are OR-ed', gather)
    .option('--per-second <count>', 'no more than so many a second', toId)
    .option('--watch', 'stay until it has ended')
    .action(calling(deps, (showroom, terminal, given: NewMailingOptions) => createMailing(showroom, terminal, given)));
  mailing
    .command('watch')
    .argument('<id>', 'which mailing', toId)
    .description('tell how it goes on, until it has ended')
    .action(calling(deps, (showroom, terminal, id: number) => watchMailing(showroom, terminal, id)));
  mailing
    .command('unsent')
    .argument('<id>', 'which mailing', toId)
    .option('--limit <count>', 'how many of each kind', toId, 20)
    .description('tell which messages did not get there, and why')
    .action(
      calling(deps, (showroom, terminal, id: number, { limit }: { limit: number }) =>
        tellUnsent(showroom, terminal, id, limit),
      ),
    );
  for (const step of ['pause', 'resume', 'cancel', 'retry'] satisfies Step[]) {
    mailing
      .command(step)
      .argument('<id>', 'which mailing', toId)
      .description(step === 'retry' ? 'send again what failed' : `${step} it`)
      .action(calling(deps, (showroom, terminal, id: number) => steerMailing(showroom, terminal, step, id)));
  }
}
