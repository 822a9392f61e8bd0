type Log = (fields: object, message: string) => void;

/** What the engine needs of a logger; pino's fits. */
export interface DispatchLogger {
  debug: Log;
  info: Log;
  warn: Log;
  error: Log;
}

export const silentLogger: DispatchLogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
