import { parseArgs } from 'node:util';

export interface Options {
  messages: number;
  rounds: number;
  inFlight: number;
  latencyMs: number;
  faultsPerMille: number;
  pipelining: number;
  mongodbUrl: string | undefined;
  /** Parts of contenders' names; all race when there is none. */
  only: string[];
}

const defaults = { messages: 100_000, rounds: 5, 'in-flight': 32, latency: 0, faults: 0, pipelining: 1 };

/**
 * Reads the command line, and where MongoDB is.
 *
 * @example parseOptions(['--messages', '1000000', '--rounds', '3', '--only', 'bare', '--only', '1 worker'])
 * @throws when a number is none
 */
export function parseOptions(values: string[], environment = process.env): Options {
  const number = { type: 'string' } as const;
  const { values: given } = parseArgs({
    args: values,
    options: {
      messages: number,
      rounds: number,
      'in-flight': number,
      latency: number,
      faults: number,
      pipelining: number,
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const read = (name: keyof typeof defaults) => {
    const value = Number(given[name] ?? defaults[name]);
    if (!Number.isInteger(value) || value < 0) throw new Error(`--${name} must be a whole number.`);
    return value;
  };
  return {
    messages: read('messages'),
    rounds: read('rounds'),
    inFlight: read('in-flight'),
    latencyMs: read('latency'),
    faultsPerMille: read('faults'),
    pipelining: read('pipelining'),
    mongodbUrl: environment.MONGODB_URL || undefined,
    only: given.only,
  };
}

/** What the processes of the comparison have of ours. */
export const inheritedEnvironment = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' };
