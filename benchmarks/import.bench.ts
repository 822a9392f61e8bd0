import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

const rows = Number(process.env.IMPORT_ROWS ?? 1_000_000);
const rounds = Number(process.env.IMPORT_ROUNDS ?? 3);
const zones = ['Europe/Moscow', 'Asia/Omsk', 'UTC', '+03:00'];

/*
 * What `POST /clients/import/` costs, against a COPY of the same rows into the same table with its indexes and foreign
 * keys; by turns, each into an empty table.
 */
describe('import', function () {
  this.timeout(1_200_000);
  let database: TestDatabase;
  let server: TestProcess;
  let url: string;
  before(async () => {
    database = await createTestDatabase();
    server = startApp('apps/server/dist/main.js', {
      DATABASE_URL: database.url,
      PORT: '0',
      LOG_LEVEL: 'warn',
      ADMIN_PASSWORD: 'pw',
    });
    url = String((await server.ready()).url);
    await database.query(`INSERT INTO tags (name) SELECT n FROM generate_series(1, 10) n`);
    await database.query(`INSERT INTO codes (code) SELECT n FROM generate_series(1, 50) n`);
  });
  after(async () => {
    await server.stop();
    await database.drop();
  });

  it('against COPY', async () => {
    const all: string[] = [];
    for (let round = 1; round <= rounds; round++) {
      const copy = await timed(copyRows);
      const csv = await timed(() => send('text/csv', csvRows()));
      const again = await timed(() => send('text/csv', csvRows(), '?known=update'), false);
      const ndjson = await timed(() => send('application/x-ndjson', jsonRows()));
      const versus = (ms: number) => `${ms.toFixed(0)} ms = ${(copy / ms).toFixed(2)} of COPY's speed`;
      all.push(
        `round ${round}: COPY ${copy.toFixed(0)} ms; CSV ${versus(csv)}; NDJSON ${versus(ndjson)}; ` +
          `the same CSV again with known=update ${versus(again)}; the server's memory ${memoryOf(server)} MiB at most`,
      );
      process.stdout.write(`${all.at(-1)}\n`);
    }
  });

  async function timed(work: () => Promise<void>, isEmpty = true): Promise<number> {
    if (isEmpty) await database.query('TRUNCATE clients');
    await database.query('CHECKPOINT');
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  }

  async function copyRows(): Promise<void> {
    const client = new pg.Client(database.url);
    await client.connect();
    const sink = client.query(copyFrom('COPY clients (phone_number, timezone, code_id, tag_id) FROM STDIN'));
    await pipeline(Readable.from(pieces((n) => `${phone(n)}\t${zone(n)}\t${code(n)}\t${tag(n)}\n`)), sink);
    await client.end();
  }

  const send = (type: string, body: Iterable<string>, query = '') =>
    new Promise<void>((resolve, reject) => {
      const sending = request(
        `${url}/api/v1/clients/import/${query}`,
        { method: 'POST', auth: 'admin:pw', headers: { 'content-type': type } },
        (answer) => {
          answer.resume().on('end', resolve);
          if (answer.statusCode !== 200) reject(new Error(`answered ${answer.statusCode}`));
        },
      );
      pipeline(Readable.from(body), sending).catch(reject);
    });
});

const phone = (n: number) => `7900${String(n).padStart(7, '0')}`;
const zone = (n: number) => zones[n % zones.length]!;
const code = (n: number) => 1 + (n % 50);
const tag = (n: number) => 1 + (n % 10);

function* csvRows(): Generator<string> {
  yield 'phone_number,timezone,mobile_operator_code,tag\n';
  yield* pieces((n) => `${phone(n)},${zone(n)},${code(n)},${tag(n)}\n`);
}

const jsonRows = () =>
  pieces(
    (n) => `{"phone_number":"${phone(n)}","timezone":"${zone(n)}","mobile_operator_code":${code(n)},"tag":${tag(n)}}\n`,
  );

function* pieces(toLine: (n: number) => string): Generator<string> {
  for (let n = 0; n < rows; n += 1_000) {
    yield Array.from({ length: Math.min(1_000, rows - n) }, (_, i) => toLine(n + i)).join('');
  }
}

/** The most resident memory that the process ever had, where the system tells. */
function memoryOf({ child }: TestProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
}
