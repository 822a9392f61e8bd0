import { z } from 'zod';
import { hostnameOf } from './hosts.js';

/** One sentence per wrong variable. */
export class ConfigError extends Error {}

/**
 * Reads the environment by a schema of its variables. An empty variable counts as unset.
 *
 * @throws ConfigError with a sentence for each wrong variable
 * @example parseEnvironment(z.object({ PORT: port.default(8005) }), process.env) // { PORT: 8005 }
 */
export function parseEnvironment<Schema extends z.ZodType>(
  schema: Schema,
  environment: Record<string, string | undefined>,
): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const sentences = error.issues.map(({ path, code, message }) => {
    const isMissing = code === 'invalid_type' && given[String(path[0])] === undefined;
    return `${path.join('.')} is ${isMissing ? 'not set, and has no default' : `wrong: ${message}`}.`;
  });
  throw new ConfigError(sentences.join('\n'));
}

/**
 * Every variable of a schema with its default: undefined where it may be unset, 'required' where it may not.
 *
 * @example defaultsOf({ PORT: port.default(8005), DATABASE_URL: postgresUrl }) // { PORT: 8005, DATABASE_URL: 'required' }
 */
export const defaultsOf = (shape: Record<string, z.ZodType>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => {
      const { success, data } = schema.safeParse(undefined);
      return [name, success ? data : 'required'];
    }),
  );

const number = (from: number, to: number) => {
  const message = `expected a number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.int().min(from, message).max(to, message));
};

const host = z
  .string()
  .refine(
    (text) => !/:\d*$/.test(text.replace(/^\[.*\]/, '')) && hostnameOf(text) !== undefined,
    'expected names or addresses without ports, like probe or [::1]',
  )
  .transform((text) => hostnameOf(text) ?? text);

/** The kinds of variables our apps have. */
export const variables = {
  port: number(0, 65_535),
  number,
  postgresUrl: z.string().regex(/^postgres(ql)?:\/\//, 'expected postgres://user:password@host:port/database'),
  mongodbUrl: z.string().regex(/^mongodb(\+srv)?:\/\//, 'expected mongodb://host:port/database'),
  httpUrl: z.string().regex(/^https?:\/\//, 'expected http:// or https:// and an address'),
  hosts: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(host)),
  token: z.string().regex(/^[!-~]+$/, 'expected a token of ASCII characters, without spaces'),
  boolean: z.enum(['true', 'false'], 'expected true or false').transform((value) => value === 'true'),
  metricsAccess: z.enum(['local', 'open', 'off'], 'expected local, open or off'),
  logLevel: z.enum(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'expected trace, debug, info, warn, error, fatal or silent',
  ),
};
