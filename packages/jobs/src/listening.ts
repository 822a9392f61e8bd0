import { EventEmitter } from 'node:events';
import type pg from 'pg';

const channelName = 'showroom_jobs';

/**
 * Stands in for the connection that Agenda's channel would keep to itself. One of the pool's connections listens beside
 * its work; when it is lost, the next one that is opened listens.
 */
export class Listening extends EventEmitter {
  private listener: pg.ClientBase | null = null;

  /** What Agenda's channel takes for its pool. */
  toChannelConfig(pool: pg.Pool) {
    const ask = pool.query.bind(pool);
    return { channelName, pool: { connect: async () => this, query: ask } as unknown as pg.Pool };
  }

  /** Called with each connection that the pool opens. */
  async adopt(client: pg.ClientBase): Promise<void> {
    if (this.listener) return;
    this.listener = client;
    const lose = () => {
      if (this.listener === client) this.listener = null;
    };
    client.on('end', lose);
    client.on('error', lose);
    client.on('notification', (notification) => this.emit('notification', notification));
    try {
      await client.query(`LISTEN "${channelName}"; LISTEN "${channelName}:state"`);
    } catch (error) {
      lose();
      throw error;
    }
  }

  /** The channel says LISTEN and UNLISTEN, which is done or will be. */
  async query(): Promise<void> {}

  release(): void {
    this.removeAllListeners();
  }
}
