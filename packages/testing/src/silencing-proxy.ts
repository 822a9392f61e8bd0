import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy before a server, whose connections can fall silent as behind a firewall that has forgotten them. */
export interface SilencingProxy {
  readonly port: number;
  /** What is connected now stays so, and is never answered again. New connections are as good as ever. */
  silence(): void;
  /** The same, for the next connection that asks something with these bytes in it: they arrive, and no answer does. */
  silenceAfter(bytes: string): void;
  close(): Promise<void>;
}

export async function startSilencingProxy(target: { host: string; port: number }): Promise<SilencingProxy> {
  const sockets = new Set<Socket>();
  const talking = new Set<() => void>();
  let trigger: string | null = null;
  const server = createServer((client) => {
    const upstream = connect(target);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {}); // the other end may go at any time
      socket.on('close', () => sockets.delete(socket));
    }
    let isSilent = false;
    const fallSilent = () => {
      isSilent = true;
      talking.delete(fallSilent);
    };
    talking.add(fallSilent);
    client.on('data', (chunk) => {
      if (isSilent) return;
      upstream.write(chunk);
      if (trigger === null || !chunk.includes(trigger)) return;
      trigger = null;
      fallSilent();
    });
    upstream.on('data', (chunk) => isSilent || client.write(chunk));
    // Whoever goes says so, but nobody hears of it through a connection that is silent.
    client.on('close', () => isSilent || upstream.destroy());
    upstream.on('close', () => isSilent || client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    silence: () => {
      for (const fallSilent of talking) fallSilent();
    },
    silenceAfter: (bytes) => {
      trigger = bytes;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
