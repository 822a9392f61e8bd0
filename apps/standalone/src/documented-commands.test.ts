import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createTestDatabase, startApp, type TestDatabase, type TestProcess } from '@showroom/testing';
import { expect } from 'chai';
import { type Document, fillIn, findDocuments } from './fixtures/documented-commands.js';

const password = 'pässword';
const curl = spawnSync('sh', ['-c', 'command -v curl'], { encoding: 'utf8' }).stdout.trim();

/** Stands before curl: writes down what was answered, and how curl ended. */
const wrapper = `#!/bin/sh
"$REAL_CURL" --no-progress-meter -w '%{stderr}HTTP %{http_code} %{method} %{url_effective}\\n' "$@" 2>> "$CURL_LOG"
code=$?
echo "EXIT $code" >> "$CURL_LOG"
exit $code
`;

/** What a reader pastes from the documents does what they say, with a real sh and the curl of this machine. */
describe('the commands of the documents', function () {
  this.timeout(60_000);
  let folder: string;
  let database: TestDatabase;
  let apps: TestProcess[] = [];
  let url: string;
  let token: string;

  before(async function () {
    if (!curl) {
      process.stderr.write('LEFT OUT, the commands of the documents: there is no curl (apt-get install curl).\n');
      return this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'showroom-documents-'));
    writeFileSync(join(folder, 'curl'), wrapper);
    chmodSync(join(folder, 'curl'), 0o755);
    database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url, LOG_LEVEL: 'error' };
    const server = startApp('apps/server/dist/main.js', { ...environment, PORT: '0', ADMIN_PASSWORD: password });
    const probe = startApp('apps/probe/dist/main.js', { PORT: '0' });
    apps = [server, probe];
    const provider = { PROVIDER_URL: String((await probe.ready()).url), PROVIDER_TOKEN: 't' };
    apps.push(startApp('apps/worker/dist/main.js', { ...environment, ...provider }));
    url = String((await server.ready()).url);
    await apps.at(-1)!.ready();
  });
  after(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await database?.drop();
    if (folder) rmSync(folder, { recursive: true });
  });

  async function rest(method: string, path: string, body?: object) {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: body && JSON.stringify(body),
    });
    return (await response.json()) as { token: string; results: { id: number }[] };
  }

  /** Pastes a document's commands into one shell, which stops at the first that fails. */
  function paste({ path, script, csv }: Document) {
    const log = join(folder, 'log');
    writeFileSync(log, '');
    if (csv !== undefined) writeFileSync(join(folder, 'clients.csv'), csv);
    const env = {
      PATH: `${folder}${delimiter}${process.env.PATH}`,
      REAL_CURL: curl,
      CURL_LOG: log,
      // As the README sets them.
      SHOWROOM: `${url}/api/v1`,
      LOGIN: `admin:${password}`,
    };
    const input = fillIn(script, { url, password, token });
    const { status, stdout, stderr } = spawnSync('sh', ['-eu'], { cwd: folder, env, input, encoding: 'utf8' });
    const told = readFileSync(log, 'utf8').trim().split('\n');
    const context = `${path}:\n${stdout}${stderr}\n${told.join('\n')}`;
    expect(status, context).to.equal(0);
    for (const line of told) expect(line, context).to.match(/^(HTTP 2\d\d |EXIT 0$)/);
    const answers = told.filter((line) => line.startsWith('HTTP')).length;
    expect(answers, context).to.be.at.least([...script.matchAll(/^\s*(curl|post) /gm)].length);
    return stdout;
  }

  /** What is there once a reader has come to the other documents: Ivan, who may do everything, and two tags. */
  async function settleIn(): Promise<void> {
    const permissions = (await rest('GET', '/permissions/?limit=1000')).results.map(({ id }) => id);
    ({ token } = await rest('POST', '/tokens/', { name: 'documents', permissions }));
    await rest('POST', '/users/', { username: 'ivan', password, user_permissions: permissions });
    await rest('POST', '/tags/', { name: 'second' });
  }

  const [readme, ...others] = findDocuments();

  it('are found where they are known to be', () => {
    expect(readme?.path).to.equal('README.md');
    expect(others.map(({ path }) => path)).to.include.members(['docs/importing.md', 'docs/security.md']);
  });

  it('README.md, on a service where nothing is yet', async () => {
    const permissions = (await rest('GET', '/permissions/?limit=1000')).results.map(({ id }) => id);
    ({ token } = await rest('POST', '/tokens/', { name: 'readme', permissions }));
    paste(readme!);
    expect(readFileSync(join(folder, 'mailing.pdf'), 'latin1')).to.match(/^%PDF-/);
    const [reached] = await database.query(`SELECT count(*)::int AS clients FROM clients WHERE tag_id = 1`);
    expect(reached).to.deep.equal({ clients: 1 });
  });

  describe('go on from there:', () => {
    before(settleIn);
    for (const document of others) it(document.path, () => void paste(document));

    it('and the file of docs/importing.md is imported', async () => {
      const { csv } = others.find(({ path }) => path === 'docs/importing.md')!;
      const phones = [...csv!.matchAll(/^(\d{11}),/gm)].map(([, phone]) => phone);
      const rows = await database.query(
        'SELECT DISTINCT phone_number FROM clients WHERE phone_number = ANY($1) ORDER BY 1',
        [phones],
      );
      expect(phones).to.not.deep.equal([]);
      expect(rows).to.have.lengthOf(new Set(phones).size);
    });
  });
});
