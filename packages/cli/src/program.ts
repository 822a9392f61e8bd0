import { createRequire } from 'node:module';
import { Command, Option } from 'commander';
import { readId } from './arguments.js';
import { calling, type Deps, terminalOf } from './calling.js';
import { type ImportOptions, importClients } from './clients.js';
import { login, logout } from './login.js';
import { addMailing } from './mailing-commands.js';
import { addSending } from './sending.js';
import { tellStatistic } from './statistic.js';

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
  addSending(program, deps);
  program
    .command('statistic')
    .argument('[id]', 'of one mailing', readId)
    .description('count messages by status, of all mailings or of one')
    .action(calling(deps, ({ showroom, terminal }, id: number | undefined) => tellStatistic(showroom, terminal, id)));
  return program;
}

function addSession(program: Command, { environment }: Deps): void {
  program
    .command('login')
    .description('sign in, and keep a token for your user on this machine')
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
    .description('people who can receive messages')
    .command('import <file>')
    .description('import a CSV or NDJSON file, or - for stdin; prints refused rows, and then exits with 1')
    .addOption(
      new Option('--known <what>', 'what to do with phone numbers that a client has already')
        .choices(['skip', 'update', 'add'])
        .default('skip'),
    )
    .addOption(new Option('--format <format>', 'what the file is, if its name does not say').choices(['csv', 'ndjson']))
    .action(
      calling(deps, ({ showroom, terminal }, file: string, options: ImportOptions) =>
        importClients(showroom, terminal, file, options),
      ),
    );
}
