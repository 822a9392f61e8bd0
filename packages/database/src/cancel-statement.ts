import { connect } from 'node:net';

/** What pg's client knows of its connection, and does not declare. */
interface Cancellable {
  readonly host: string;
  readonly port: number;
  readonly processID?: number | null;
  readonly secretKey?: number | null;
}

/** The number by which PostgreSQL knows a request to cancel. */
const cancelRequest = 80_877_102;
const patienceMs = 2_000;

/**
 * Asks PostgreSQL to cancel the statement that a connection runs, as its protocol has it: on a connection of its own,
 * without signing in. A pooler hands it on, which it could not do with `pg_cancel_backend`. There is no answer.
 */
export function cancelStatement(client: object): void {
  const { host, port, processID, secretKey } = client as Cancellable;
  if (!processID || typeof secretKey !== 'number') return;
  const request = Buffer.alloc(16);
  [request.length, cancelRequest, processID, secretKey].forEach((word, n) => void request.writeInt32BE(word, n * 4));
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.on('error', () => {}); // PostgreSQL is away, and so is the statement
  socket.setTimeout(patienceMs, () => socket.destroy());
  socket.end(request);
}
