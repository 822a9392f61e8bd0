import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { openDatabase } from './database.js';
import { openDispatchStore } from './dispatch-store/store.js';

/** A message of PostgreSQL's protocol: its kind, its length, its content. */
function message(kind: string, content: string | Buffer): Buffer {
  const head = Buffer.from(`${kind}....`);
  head.writeInt32BE(4 + content.length, 1);
  return Buffer.concat([head, Buffer.from(content)]);
}

/** A client may sign in and is ready; in the same breath it is told that the server shuts down. */
const welcomeAndFarewell = Buffer.concat([
  message('R', Buffer.alloc(4)),
  message('Z', 'I'),
  message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
]);

describe('a connection that PostgreSQL ends in the moment in which it is made', () => {
  const server = createServer((socket) => {
    socket.on('error', () => {}); // the client may go first
    socket.once('data', () => socket.end(welcomeAndFarewell));
  });
  let url: string;
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `postgres://u:p@127.0.0.1:${(server.address() as AddressInfo).port}/d`;
  });
  after(() => {
    server.close();
  });

  const opened = (opening: Promise<unknown>) =>
    opening.then(
      () => 'opened',
      () => 'refused',
    );

  // An error that nobody hears would end the process; here it fails the test.
  it('is an error of whoever opens a database', async () => {
    expect(await opened(openDatabase({ url }))).to.equal('refused');
  });

  it('is an error of whoever opens a store', async () => {
    expect(await opened(openDispatchStore({ url, onConnectionError: () => {} }))).to.equal('refused');
  });
});
