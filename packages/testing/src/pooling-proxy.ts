import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A pooler in transaction mode before PostgreSQL, as small as one can be: it has one session for all connections. */
export interface PoolingProxy {
  readonly url: string;
  close(): Promise<void>;
}

interface Frame {
  readonly type: string;
  readonly bytes: Buffer;
}

/**
 * The first connection signs in; the others take over its session, a statement at a time. Understands what pg sends for
 * statements without values.
 *
 * @param refused a start-up parameter that it refuses, as PgBouncer does
 */
export async function startPoolingProxy(target: string, { refused }: { refused?: string } = {}): Promise<PoolingProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let upstream: Socket | undefined;
  let greeting: Promise<Buffer> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let answering: Socket | undefined;
  let answered = () => {};

  const keep = (socket: Socket) => {
    sockets.add(socket);
    return socket.on('error', () => {});
  };

  /** Signs in by the words of `client`, which hears the answers; what comes after the password greets the others. */
  function signIn(client: Socket, startup: Buffer): Promise<Buffer> {
    const session = keep(connect(Number(port), hostname));
    upstream = session;
    session.write(startup);
    const passOn = (bytes: Buffer) => session.write(bytes);
    client.on('data', passOn);
    return new Promise((resolve) => {
      let greets: Buffer[] | undefined;
      readFrames(session, ({ type, bytes }) => {
        if (!greets) client.write(bytes);
        else if (answering) answering.write(bytes);
        if (type === 'R' && bytes.readInt32BE(5) === 0) greets = [bytes];
        else if (greets && !answering) greets.push(bytes);
        if (type !== 'Z') return;
        if (answering) return answered();
        client.off('data', passOn);
        resolve(Buffer.concat(greets ?? []));
      });
    });
  }

  const server = createServer((client) => {
    keep(client).once('data', async (startup: Buffer) => {
      if (refused && startup.includes(`${refused}\0`)) return client.end(refusal(refused));
      const isFirst = greeting === undefined;
      greeting ??= signIn(client, startup);
      const greets = await greeting;
      client.write(isFirst ? greets.subarray(lengthOfFirst(greets)) : greets);
      readFrames(client, ({ type, bytes }) => {
        if (type === 'X') return void client.end();
        turn = turn.then(
          () =>
            new Promise<void>((resolve) => {
              [answering, answered] = [client, resolve];
              upstream?.write(bytes);
            }),
        );
      });
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(target);
  Object.assign(url, { hostname: '127.0.0.1', port: String((server.address() as AddressInfo).port) });
  return {
    url: url.href,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

const lengthOfFirst = (bytes: Buffer) => 1 + bytes.readInt32BE(1);

function readFrames(socket: Socket, take: (frame: Frame) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length >= lengthOfFirst(rest)) {
      const bytes = rest.subarray(0, lengthOfFirst(rest));
      rest = rest.subarray(bytes.length);
      take({ type: String.fromCharCode(bytes[0]!), bytes });
    }
  });
}

function refusal(parameter: string): Buffer {
  const fields = ['SFATAL', 'VFATAL', 'C08P01', `Munsupported startup parameter: ${parameter}`];
  const body = Buffer.from(`${fields.map((field) => `${field}\0`).join('')}\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
