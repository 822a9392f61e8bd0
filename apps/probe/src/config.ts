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
  PORT: z
    .string()
    .regex(/^\d{1,5}$/, 'expected a number from 0 to 65535')
    .transform(Number)
    .pipe(z.int().max(65_535))
    .default(8006),
  PROBE_TOKEN: z.string().regex(/^\S+$/, 'expected a token without spaces').optional(),
  PROBE_FAULTS: FaultsJson.optional(),
});

export interface ProbeConfig {
  host: string;
  /** 0 takes a free one. */
  port: number;
  token: string | undefined;
  faults: Faults | undefined;
}

/** One line per wrong variable. */
export class ConfigError extends Error {}

/**
 * Reads the probe's settings. An empty variable counts as unset.
 *
 * @throws ConfigError with a sentence per wrong variable.
 * @example
 * parseConfig({ PORT: '9000', PROBE_FAULTS: '{"error_500":0.01}' }).port; // 9000
 */
export function parseConfig(env: NodeJS.ProcessEnv = process.env): ProbeConfig {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const { success, data, error } = Environment.safeParse(set);
  if (!success) {
    throw new ConfigError(
      error.issues.map(({ path, message }) => `${path.join('.')} is wrong: ${message}.`).join('\n'),
    );
  }
  return { host: data.HOST, port: data.PORT, token: data.PROBE_TOKEN, faults: data.PROBE_FAULTS };
}
