import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrateDatabase } from '@showroom/database';
import { type Postgres, startPostgres } from '@showroom/postgres';
import { databaseUrl, withClient } from '@showroom/testing';

/*
 * A power cut is not among the faults, so nothing need reach the disk. But a commit must have reached the kernel before
 * it is confirmed, or kill -9 would lose what PostgreSQL does not lose: synchronous_commit stays on.
 */
const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '200' };
const template = 'soak_template';

/** The suite's own PostgreSQL, on one folder and one port, whatever is done to it. */
export class RestartablePostgres {
  restarts = 0;

  private constructor(
    private readonly dir: string,
    private running: Postgres,
  ) {}

  static async open(): Promise<RestartablePostgres> {
    const dir = await mkdtemp(join(tmpdir(), 'showroom-soak-'));
    const postgres = new RestartablePostgres(dir, await startPostgres({ dir, settings }));
    await withClient(postgres.running.url, (client) => client.query(`CREATE DATABASE ${template} TEMPLATE template0`));
    await migrateDatabase(databaseUrl(postgres.running.url, template));
    return postgres;
  }

  /** Makes a migrated database and gives its URL. */
  async create(name: string): Promise<string> {
    await withClient(this.running.url, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`));
    return databaseUrl(this.running.url, name);
  }

  drop(name: string): Promise<unknown> {
    return withClient(this.running.url, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  }

  /** In good order: every connection is cut, everything is written. */
  async stop(): Promise<void> {
    await this.running.stop();
  }

  /** kill -9 of the postmaster; its children notice and go. */
  async kill(): Promise<void> {
    process.kill(this.running.pid, 'SIGKILL');
    await this.running.ended;
    await this.running.stop();
  }

  async start(): Promise<void> {
    this.running = await startPostgres({ dir: this.dir, port: this.running.port, settings });
    this.restarts += 1;
  }

  async close(): Promise<void> {
    await this.running.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}
