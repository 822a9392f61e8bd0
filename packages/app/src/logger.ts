import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * A log of JSON lines on stdout, each with the app's name; credentials in what is logged are blotted out.
 *
 * @example const logger = createLogger('worker', config.logLevel);
 */
export const createLogger = (name: string, level: string): Logger =>
  pino({ name, level, redact: ['*.authorization', '*.cookie', '*.password', '*.token', 'req.headers.authorization'] });
