/**
 * What keeps PostgreSQL from doing what it is asked, whoever asks:
 *
 * - `away`: it cannot be reached, starts, stops, or takes no more connections;
 * - `full`: its disk is full, or it is read-only, so that it takes no writes;
 * - `slow`: a statement ran into its time limit, or no connection became free.
 */
export type Trouble = 'away' | 'full' | 'slow';

/** As pg's, Sequelize's and Node's errors have them. */
interface Told {
  readonly name?: string;
  readonly message?: string;
  /** Of PostgreSQL five characters, of Node a word. */
  readonly code?: string;
  readonly syscall?: string;
  readonly cause?: unknown;
  readonly parent?: unknown;
}

const byCode: Readonly<Record<string, Trouble>> = {
  '53300': 'away', // too many connections
  '57P01': 'away', // stopped by an administrator
  '57P02': 'away', // another process crashed
  '57P03': 'away', // starts, or stops
  '3D000': 'away', // there is no such database: it is being restored
  '53100': 'full',
  '25006': 'full', // read-only: a standby, or an operator's answer to a full disk
  '57014': 'slow', // cancelled, by a time limit or an operator
  '55P03': 'slow', // waited too long for a lock
};
/** Classes of codes: a connection that failed, and one that was not let in. */
const awayClasses = ['08', '28'];

const byName: Readonly<Record<string, Trouble>> = {
  SequelizeConnectionError: 'away',
  SequelizeConnectionRefusedError: 'away',
  SequelizeConnectionTimedOutError: 'away',
  SequelizeHostNotFoundError: 'away',
  SequelizeHostNotReachableError: 'away',
  SequelizeInvalidConnectionError: 'away',
  SequelizeConnectionAcquireTimeoutError: 'slow',
  TimeIsUpError: 'slow',
};

/** pg and Sequelize tell of a connection that is gone in words alone. */
const goneWords =
  /^(Connection terminated|Client (was closed|has encountered)|Query read timeout|timeout expired)|after the connection manager was closed/;
const brokenCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * The trouble behind an error, however often it was wrapped; null when PostgreSQL is well and the error is another's.
 *
 * @example if (troubleOf(error) === 'away') …
 */
export function troubleOf(error: unknown): Trouble | null {
  for (let each = error; each instanceof Error; ) {
    const told: Told = each;
    const trouble = troubleOfOne(told);
    if (trouble) return trouble;
    each = told.parent ?? told.cause;
  }
  return null;
}

function troubleOfOne({ name = '', message = '', code = '', syscall }: Told): Trouble | null {
  const known = byCode[code] ?? byName[name];
  // Why a connection was refused says more than that it was: a full disk keeps PostgreSQL from starting, too.
  if (known) return known;
  if (code.length === 5 && awayClasses.includes(code.slice(0, 2))) return 'away';
  // A caller who hangs up has such a code as well, but no system call.
  if (brokenCodes.has(code) && syscall !== undefined) return 'away';
  return goneWords.test(message) ? 'away' : null;
}
