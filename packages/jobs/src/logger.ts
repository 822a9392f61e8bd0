type Log = (context: object, message: string) => void;

/** What this package wants of a logger; a pino logger is one. */
export interface JobsLogger {
  debug: Log;
  info: Log;
  warn: Log;
  error: Log;
}
