import { defaultsOf, parseEnvironment, variables } from '@showroom/app';
import { z } from 'zod';
import { Faults } from './faults.js';

const FaultsJson = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      context.addIssue({ code: 'custom', message: `it is no JSON (${(error as Error).message})` });
      return z.NEVER;
    }
  })
  .pipe(Faults);

const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: variables.port.default(8006),
  PROBE_TOKEN: variables.token.optional(),
  PROBE_FAULTS: FaultsJson.optional(),
  PROBE_HOSTS: variables.hosts.default([]),
});

/** The variables that the probe reads, with their defaults. */
export const variableDefaults = defaultsOf(Environment.shape);

export interface ProbeConfig {
  host: string;
  /** 0 takes a free one. */
  port: number;
  token: string | undefined;
  faults: Faults | undefined;
  /** The hosts that it answers as, beside this machine's own names. */
  hosts: string[];
}

/**
 * Reads the probe's settings. An empty variable counts as unset.
 *
 * @throws ConfigError with a sentence per wrong variable.
 * @example
 * parseConfig({ PORT: '9000', PROBE_FAULTS: '{"error_500":0.01}' }).port; // 9000
 */
export function parseConfig(env: NodeJS.ProcessEnv = process.env): ProbeConfig {
  const read = parseEnvironment(Environment, env);
  return {
    host: read.HOST,
    port: read.PORT,
    token: read.PROBE_TOKEN,
    faults: read.PROBE_FAULTS,
    hosts: read.PROBE_HOSTS,
  };
}
