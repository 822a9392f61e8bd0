import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, tidyLedger } from '@showroom/database';
import pg from 'pg';
import { createShowroom } from '../apps/bench/src/contenders/showroom.js';
import { openWorld } from '../apps/bench/src/world.js';

/*
 * What it costs those who send that old messages are removed meanwhile: the same mailing is sent by turns, with nothing
 * beside it and beside the removal of a mailing that ended long ago.
 *
 *   MESSAGES=100000 OLD=1000000 ROUNDS=3
 */
const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const [messages, old, rounds] = [number('MESSAGES', 100_000), number('OLD', 1_000_000), number('ROUNDS', 3)];
const forEver = { messagesDays: null, eventsDays: null, auditDays: null };

const addOld = `
  WITH mailing AS (
    INSERT INTO mailings (start_at, end_at, text, status, by_tag, by_code, started_at, finished_at, first_message_id, last_message_id)
    VALUES (now() - interval '90 days', now() - interval '80 days', 'old', 'expired', false, false, now() - interval '90 days',
      now() - interval '80 days', 1000000001, 1000000000 + $1::bigint) RETURNING id),
  ranges AS (
    INSERT INTO ranges (mailing_id, first_id, last_id, done, sent)
    SELECT mailing.id, n, n + 999, true, 1000 FROM mailing, generate_series(1000000001, 1000000000 + $1::bigint, 1000) n)
  INSERT INTO messages (id, mailing_id, client_id, status, sent_at)
  SELECT n, mailing.id, 1 + n % 1000, 'sent', now() - interval '89 days' FROM mailing, generate_series(1000000001, 1000000000 + $1::bigint) n`;

describe('removing old messages', function () {
  this.timeout(3_600_000);

  it('leaves those alone who send', async () => {
    const world = await openWorld({
      messages,
      rounds,
      inFlight: 32,
      latencyMs: 0,
      faultsPerMille: 0,
      pipelining: 1,
      mongodbUrl: undefined,
      only: [],
    });
    const ratios: number[] = [];
    const removedPerSecond: number[] = [];
    try {
      const send = async (isTidied: boolean) => {
        const urls: string[] = [];
        const watched = {
          ...world,
          createDatabase: async () => {
            const database = await world.createDatabase();
            urls.push(database.url);
            return database;
          },
        };
        const run = await createShowroom({ jobs: 'postgresql', workers: 1 }).prepare(watched);
        const client = new pg.Client(urls[0]);
        await client.connect();
        await client.query(addOld, [old]);
        await client.query('VACUUM ANALYZE');
        await client.end();
        const database = await openDatabase({ url: urls[0]!, poolSize: 2 });
        await world.provider.reset();
        const stop = new AbortController();
        const startedAt = performance.now();
        const tidying = isTidied ? tidyLedger(database, { ...forEver, messagesDays: 30 }, stop.signal) : null;
        await run.go();
        while (!(await run.isOver())) await sleep(20);
        const { firstUs, lastUs } = await world.provider.stats();
        stop.abort();
        const removed = await tidying;
        if (removed) removedPerSecond.push(removed.messages / ((performance.now() - startedAt) / 1_000));
        await database.close();
        await run.close();
        return lastUs - firstUs;
      };
      for (let round = 0; round < rounds; round++) ratios.push((await send(false)) / (await send(true)));
    } finally {
      await world.close();
    }
    const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
    process.stdout.write(
      `sending beside the removal: ${median(ratios).toFixed(2)} × alone (${ratios.map((each) => each.toFixed(2))}); ` +
        `${Math.round(median(removedPerSecond))} messages removed a second\n`,
    );
  });
});
