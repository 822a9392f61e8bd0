import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, isServerOf, type PidFile, readPidFile, removeForeignPidFile } from './pid-file.js';

/** PostgreSQL's SSLRequest; it is answered before any authentication, with one letter: S or N. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * The server that is at work on this folder, once it answers; null when there is none. One that is starting or
 * stopping is waited for until `deadline` (milliseconds, as Date.now()), then it is an error.
 */
export async function findLiveServer(dataDir: string, deadline: number): Promise<PidFile | null> {
  for (;;) {
    const seen = readPidFile(dataDir);
    if (!seen || !isAlive(seen.pid)) return null;
    if (!isServerOf(dataDir, seen.pid)) {
      removeForeignPidFile(dataDir, seen);
      return null;
    }
    if (seen.status === 'ready' && (await isAnswering(seen.port))) return seen;
    if (Date.now() > deadline) {
      throw new Error(`PostgreSQL (pid ${seen.pid}, "${seen.status}") is at work on ${dataDir} but does not answer.`);
    }
    await sleep(50);
  }
}

/** Whether something that speaks PostgreSQL's protocol listens on this port of 127.0.0.1. */
function isAnswering(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(SSL_REQUEST));
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('data', (data) => end('SN'.includes(data.toString('latin1', 0, 1))));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
