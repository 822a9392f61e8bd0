import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface WantedPort {
  /** The variable that sets it, for the sentence. */
  variable: string;
  host: string;
  port: number;
}

/**
 * Makes sure that a port is free before anything is started. What is left of a killed standalone may still be
 * closing, so one in use gets `patienceMs`.
 *
 * @throws Error with a sentence that says what to do.
 */
export async function requireFreePort({ variable, host, port }: WantedPort, patienceMs = 3_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const fault = await tryToListen(host, port);
    if (!fault) return;
    if (fault !== 'EADDRINUSE')
      throw new Error(`Cannot listen on ${host}:${port} (${fault}). See HOST and ${variable}.`);
    if (Date.now() > deadline) {
      throw new Error(`Port ${port} of ${host} is in use. Stop what listens there, or set another ${variable}.`);
    }
    await sleep(100);
  }
}

/** Answers the error's code, or null. */
async function tryToListen(host: string, port: number): Promise<string | null> {
  const server = net.createServer();
  try {
    await once(server.listen(port, host), 'listening');
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  } finally {
    server.close();
  }
}
