import { parseConfig as parseProbeConfig, knownVariables as probeVariables } from '../apps/probe/src/config.js';
import {
  parseMigrateConfig,
  parsePrepareConfig,
  parseConfig as parseServerConfig,
  knownVariables as serverVariables,
} from '../apps/server/src/config.js';
import { parseConfig as parseWorkerConfig, knownVariables as workerVariables } from '../apps/worker/src/config.js';

interface Command {
  /** Reads its settings; throws a sentence for each that is wrong. */
  parse: (environment: Record<string, string>) => unknown;
  /** The variables that it reads. */
  variables: readonly string[];
}

/** The commands of the image. */
export const commands: Record<string, Command> = {
  server: { parse: parseServerConfig, variables: serverVariables.server },
  migrate: { parse: parseMigrateConfig, variables: serverVariables.migrate },
  prepare: { parse: parsePrepareConfig, variables: serverVariables.prepare },
  worker: { parse: parseWorkerConfig, variables: workerVariables },
  probe: { parse: parseProbeConfig, variables: probeVariables },
};
