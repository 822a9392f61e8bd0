import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { migrationLock } from '../locks.js';

const askEveryMs = 200;

/**
 * Waits until no other process migrates. The lock lasts as long as the connection. It is asked for again and again, and
 * not waited for inside PostgreSQL: whoever builds an index would wait for that statement to end, and it for them.
 */
export async function waitForTurn(client: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ ours: boolean }>('SELECT pg_try_advisory_lock($1) AS ours', [migrationLock]);
    if (rows[0]?.ours) return;
    await sleep(askEveryMs);
  }
}
