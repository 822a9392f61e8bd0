import type { Showroom } from '@showroom/sdk';
import type { Command } from 'commander';
import type { Environment } from './config.js';
import { connect } from './connect.js';
import { requireLogin } from './login.js';
import { createServiceClock, type ServiceClock } from './service-clock.js';
import { createTerminal, type Terminal } from './terminal.js';

/** The options of every command. */
export interface Common {
  url?: string;
  token?: string;
  json?: boolean;
}

/** What each command is given to work with. */
export interface Deps {
  readonly environment: Environment;
  /** Called when a command has done its work and something was wrong all the same. */
  fail(): void;
}

/** The service, whoever typed the command, and the service's clock. */
export interface Place {
  readonly showroom: Showroom;
  readonly terminal: Terminal;
  readonly clock: ServiceClock;
}

export const terminalOf = (command: Command): Terminal =>
  createTerminal({ isJson: command.optsWithGlobals<Common>().json === true });

/**
 * A command that calls the service, as commander wants it: what was typed first, the command itself last.
 *
 * @param work resolves to false when something was wrong all the same
 */
export const calling =
  <Given extends unknown[]>({ environment, fail }: Deps, work: (place: Place, ...given: Given) => Promise<unknown>) =>
  async (...given: unknown[]) => {
    const command = given.at(-1) as Command;
    const { url, token } = await requireLogin(environment, command.optsWithGlobals<Common>());
    const terminal = terminalOf(command);
    const clock = createServiceClock();
    const showroom = connect({ baseUrl: url, token, fetch: clock.fetch }, terminal);
    const isWell = await work({ showroom, terminal, clock }, ...(given.slice(0, -1) as Given));
    if (isWell === false) fail();
  };
