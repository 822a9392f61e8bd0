import { parseConfig as parseProbeConfig, variableDefaults as probeDefaults } from '../apps/probe/src/config.js';
import {
  parseMigrateConfig,
  parsePrepareConfig,
  parseConfig as parseServerConfig,
  variableDefaults as serverDefaults,
} from '../apps/server/src/config.js';
import { parseConfig as parseWorkerConfig, variableDefaults as workerDefaults } from '../apps/worker/src/config.js';

interface Command {
  /** Reads its settings; throws a sentence for each that is wrong. */
  parse: (environment: Record<string, string>) => unknown;
  /** The variables that it reads, with their defaults. */
  defaults: Readonly<Record<string, unknown>>;
  /** The variables that it reads. */
  variables: readonly string[];
}

const command = (parse: Command['parse'], defaults: Command['defaults']): Command => {
  return { parse, defaults, variables: Object.keys(defaults) };
};

/** The commands of the image. */
export const commands: Record<string, Command> = {
  server: command(parseServerConfig, serverDefaults.server),
  migrate: command(parseMigrateConfig, serverDefaults.migrate),
  prepare: command(parsePrepareConfig, serverDefaults.prepare),
  worker: command(parseWorkerConfig, workerDefaults),
  probe: command(parseProbeConfig, probeDefaults),
};
