import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';
import { expect } from 'chai';
import { basic, type DriveModule } from '../drives/stage.js';
import { compileDrives, generateClients } from './generate.suite.js';
import { serverPath, watchOperations } from './operations.suite.js';

/*
 * The document is worth what other people's generators make of it. Two that know nothing of each other make a client
 * each; both have to compile with a program that uses all of it, and the programs have to get what they were promised.
 */
describe('strangers', function () {
  this.timeout(60_000);
  before(generateClients);

  it('compile what they generated, and their drives, under tsc --strict', async () => {
    expect(await compileDrives()).to.equal('');
  });

  for (const stranger of ['openapi-fetch', 'oazapfts']) {
    describe(stranger, () => {
      let database: TestDatabase;
      let server: TestProcess;

      before(async () => {
        database = await createTestDatabase();
        server = startApp('apps/server/dist/main.js', {
          DATABASE_URL: database.url,
          PORT: '0',
          LOG_LEVEL: 'warn',
          ADMIN_PASSWORD: 'pw',
        });
        await server.ready();
        await database.query(sentMailing);
      });
      after(async () => {
        await server.stop();
        await database.drop();
      });

      it('calls every operation, and gets what the document promises', async () => {
        const { url } = await server.ready();
        const { fetch, missing, undocumented } = watchOperations();
        const drive = `../drives/${stranger}/drive.js`; // not a literal: the root's tsc must not ask for what is generated
        const { drive: run } = (await import(drive)) as DriveModule;
        await run({ baseUrl: `${url}${serverPath}`, authorization: basic('admin', 'pw'), fetch });
        expect(undocumented, 'answers that docs/openapi.json does not know').to.deep.equal([]);
        expect(
          missing(),
          `operations of docs/openapi.json without a successful call: add one to packages/strangers/drives/${stranger}/`,
        ).to.deep.equal([]);
      });
    });
  }
});

/** No worker runs here: the one mailing that was sent, to a client deleted since, is put there. */
const sentMailing = `
  WITH mailing AS (
    INSERT INTO mailings (start_at, end_at, text, status, by_tag, by_code, started_at, finished_at,
      first_message_id, last_message_id)
    VALUES ('2026-01-01T10:00:00Z', '2026-01-02T10:00:00Z', 'sent', 'completed', false, false, '2026-01-01T10:00:00Z',
      '2026-01-01T10:00:05Z', 1, 3) RETURNING id
  ), range AS (
    INSERT INTO ranges (mailing_id, first_id, last_id, done, sent, failed, unknown) SELECT id, 1, 3, true, 1, 1, 1 FROM mailing
  )
  INSERT INTO messages (id, mailing_id, client_id, status, reason, sent_at)
  SELECT n, id, n, (ARRAY['sent', 'failed', 'unknown'])[n]::message_status,
    (ARRAY[NULL, 'refused', 'no_answer'])[n]::message_reason,
    CASE n WHEN 1 THEN timestamptz '2026-01-01T10:00:01Z' END
  FROM mailing, generate_series(1, 3) AS n`;
