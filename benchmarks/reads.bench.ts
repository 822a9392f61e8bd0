import { Agent, get } from 'node:http';
import { openDatabase, sumUp } from '@showroom/database';
import {
  createTestDatabase,
  fillLedger,
  isOfEverybody,
  type LedgerSize,
  ledgerOf,
  readsAtSize,
  startApp,
  type TestDatabase,
  type TestProcess,
} from '@showroom/testing';

/** How many messages; ten million take some minutes more: `READS_SIZES=10000,10000000`. */
const sizes = (process.env.READS_SIZES ?? '10000,100000,1000000').split(',').map(Number);
const requests = Number(process.env.READS_REQUESTS ?? 40);

interface Side {
  readonly size: LedgerSize;
  readonly database: TestDatabase;
  readonly server: TestProcess;
  readonly url: string;
}

/*
 * What reading costs with more and more messages in 500 mailings: the same requests to a server of each size, by turns. It
 * is measured at rest, and while the largest mailing is purged and another one is retained, with half of their messages
 * gone. The median is the half of the requests' time; the least is what is left where the machine does other things.
 */
describe('reads', function () {
  this.timeout(7_200_000);
  const sides: Side[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  before(async () => {
    for (const messages of sizes) sides.push(await createSide(ledgerOf(messages)));
  });
  after(async () => {
    agent.destroy();
    for (const { server, database } of sides) {
      await server.stop();
      await database.drop();
    }
  });

  it('at size', () => compare(() => true));

  it('at size, while a mailing is purged and one is retained', async () => {
    for (const { database, size } of sides) {
      await database.query('UPDATE mailings SET deleted_at = now() WHERE id = 1');
      await database.query(`DELETE FROM messages WHERE mailing_id = 1 AND id <= ${size.clients / 2}`);
      await database.query('UPDATE mailings SET purged_at = now() WHERE id = 200');
      await database.query('DELETE FROM messages WHERE mailing_id = 200 AND id % 2 = 0');
    }
    await compare((path) => !isOfEverybody(path) && !/[=/]200(\/|&|$)/.test(path));
  });

  async function compare(isShown: (path: string) => boolean): Promise<void> {
    const heads = sizes.map((messages) => messages.toLocaleString('en'));
    process.stdout.write(
      `| read, median (least), ms | ${heads.join(' | ')} |\n| --- |${' ---: |'.repeat(sizes.length)}\n`,
    );
    for (const [name, pathOf] of Object.entries(readsAtSize)) {
      const times = sides.map(() => [] as number[]);
      for (let n = 0; n < requests; n++) {
        for (const [side, of] of sides.entries()) {
          const path = pathOf(of.size, n);
          if (isShown(path)) times[side]!.push(await ask(of, path));
        }
      }
      process.stdout.write(`| ${name} | ${times.map(tell).join(' | ')} |\n`);
    }
  }

  async function createSide(size: LedgerSize): Promise<Side> {
    const database = await createTestDatabase();
    await fillLedger(database, size);
    await sumUpAll(database.url, size);
    await database.query('VACUUM ANALYZE');
    const environment = { DATABASE_URL: database.url, PORT: '0', LOG_LEVEL: 'warn', ADMIN_PASSWORD: 'pw' };
    const server = startApp('apps/server/dist/main.js', environment);
    return { size, database, server, url: String((await server.ready()).url) };
  }

  const ask = ({ url }: Pick<Side, 'url'>, path: string) =>
    new Promise<number>((resolve, reject) => {
      const startedAt = performance.now();
      get(`${url}/api/v1${path}`, { agent, auth: 'admin:pw' }, (response) => {
        response.resume().on('end', () => resolve(performance.now() - startedAt));
        if (response.statusCode !== 200) reject(new Error(`${path} answered ${response.statusCode}`));
      }).on('error', reject);
    });
});

/** As workers do while they send, and at their sweeps. */
async function sumUpAll(url: string, { mailings }: LedgerSize): Promise<void> {
  const database = await openDatabase({ url });
  const sumUpSome = (id: number) =>
    database.transaction((transaction) =>
      sumUp((statement, values) => database.sqlAtLength(statement, values, transaction), id),
    );
  for (let id = 1; id <= mailings; id++) while (await sumUpSome(id));
  await database.close();
}

function tell(times: number[]): string {
  if (times.length === 0) return '–';
  const sorted = times.toSorted((a, b) => a - b);
  return `${sorted[Math.floor(sorted.length / 2)]!.toFixed(1)} (${sorted[0]!.toFixed(1)})`;
}
