import { EventEmitter } from 'node:events';
import type pg from 'pg';

const channelName = 'showroom_jobs';

/**
 * Stands in for the connection that Agenda's channel would keep to itself. The pool's newest connection listens beside its
 * work, so that a pool of one is enough. When it is lost, the next one that the pool opens listens.
 */
export class Listening extends EventEmitter {
  private newest: pg.ClientBase | null = null;

  /** What Agenda's channel takes for its pool. */
  toChannelConfig(pool: pg.Pool) {
    const ask = pool.query.bind(pool);
    return { channelName, pool: { connect: async () => this, query: ask } as unknown as pg.Pool };
  }

  /** Called with each connection that the pool opens. The newest is heard: the one before it may be dead already. */
  async adopt(client: pg.ClientBase): Promise<void> {
    this.newest = client;
    client.on('notification', (notification) => {
      if (this.newest === client) this.emit('notification', notification);
    });
    await client.query(`LISTEN "${channelName}"; LISTEN "${channelName}:state"`);
  }

  /** The channel says LISTEN and UNLISTEN, which is done or will be. */
  async query(): Promise<void> {}

  release(): void {
    this.removeAllListeners();
  }
}
