import { setTimeout as sleep } from 'node:timers/promises';
import type { MongoClient } from 'mongodb';
import type { JobsLogger } from './logger.js';

interface Options {
  client: MongoClient;
  logger: JobsLogger;
  /** A heartbeat that takes longer than this is stuck. */
  limitMs: number;
}

/**
 * The driver (7.9) can lose a server for good: when a socket closes at the moment of a heartbeat, the heartbeat is
 * written to the closed socket, and waits without a time-out for that to drain. The server counts as unknown from
 * then on, also when it is back. Servers that stream their heartbeats are spared, as a rule; those that do not
 * (managed and compatible ones) are not. So whoever waits too long for a heartbeat connects anew.
 */
export function reconnectWhenStuck({ client, logger, limitMs }: Options): { stop(): void } {
  const heartbeats = new Map<string, NodeJS.Timeout>();
  let isStopped = false;

  const disarm = (address: string) => {
    clearTimeout(heartbeats.get(address));
    heartbeats.delete(address);
  };
  const disarmAll = () => {
    for (const address of [...heartbeats.keys()]) disarm(address);
  };
  const reconnect = async () => {
    logger.warn({}, 'a heartbeat of MongoDB is stuck; connecting anew');
    disarmAll();
    await client.close();
    while (!isStopped && !(await canConnect(client))) await sleep(1000);
    if (isStopped) await client.close();
  };
  client.on('serverHeartbeatStarted', ({ connectionId, awaited }) => {
    disarm(connectionId);
    const waitMs = awaited ? client.options.heartbeatFrequencyMS : 0;
    heartbeats.set(connectionId, setTimeout(reconnect, limitMs + waitMs).unref());
  });
  client.on('serverHeartbeatSucceeded', ({ connectionId }) => disarm(connectionId));
  client.on('serverHeartbeatFailed', ({ connectionId }) => disarm(connectionId));
  client.on('serverClosed', ({ address }) => disarm(address));
  return {
    stop: () => {
      isStopped = true;
      disarmAll();
    },
  };
}

function canConnect(client: MongoClient): Promise<boolean> {
  return client.connect().then(
    () => true,
    () => false,
  );
}
