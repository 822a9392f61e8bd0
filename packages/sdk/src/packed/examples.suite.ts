import { spawn } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findChromium, noChromium } from '@showroom/testing';
import { expect } from 'chai';
import { bin, type Packed, root, run, type Service } from './packed.suite.js';
import { type Pages, withPage } from './pages.suite.js';

interface Started {
  readonly origin: string;
  stop(): void;
}

/** The examples as somebody tries them: in a folder of their own, with the libraries that they name. */
export function describeExamples(packed: () => Packed, service: () => Service, pages: () => Pages): void {
  describe('has examples', () => {
    let folder: string;
    let settings: Record<string, string | undefined>;
    let [tag, code] = [0, 0];
    before(async () => {
      folder = join(packed().folder, 'examples');
      await cp(join(packed().folder, 'node_modules/@showroom/sdk/examples'), folder, { recursive: true });
      await run('npm', ['install', '--no-audit', '--no-fund', packed().tarball], { cwd: folder });
      const { url, token } = service();
      settings = { PATH: process.env.PATH, SHOWROOM_URL: url, SHOWROOM_TOKEN: token, PORT: '0' };
      [tag, code] = [await post('/tags/', { name: 'example' }), await post('/codes/', { code: '101' })];
    });

    async function post(path: string, body: object): Promise<number> {
      const { url, token } = service();
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return ((await response.json()) as { id: number }).id;
    }
    const node = ['--import', join(root, 'node_modules/tsx/dist/loader.mjs')];
    const example = (...given: string[]) =>
      run(process.execPath, [...node, ...given], { cwd: folder, env: settings }).catch((error) => error);

    /** An example that listens. */
    async function listen(...given: string[]): Promise<Started> {
      const app = spawn(process.execPath, given, { cwd: folder, env: settings });
      const said = await new Promise<string>((resolve) => app.stdout.once('data', (data) => resolve(String(data))));
      return { origin: /http:\S+/.exec(said)![0], stop: () => app.kill() };
    }

    it('that compile', async () => {
      const { stdout } = await run(bin('tsc'), ['-p', folder]).catch((error) => error);
      expect(stdout).to.equal('');
    });

    it('import-csv.ts', async () => {
      const person = (phone: string) => `${phone},UTC,${code},${tag}\n`;
      const rows = [person('79000000001'), person('79000000002'), person('7x')];
      await writeFile(join(folder, 'clients.csv'), `phone_number,timezone,mobile_operator_code,tag\n${rows.join('')}`);
      const { stdout } = await example('import-csv.ts', 'clients.csv');
      expect(stdout).to.contain('100 %\n2 created, 0 updated, 0 skipped, 1 refused.\nLine 4, phone_number 7x: ');
    });

    it('send-and-watch.ts', async () => {
      const { stdout } = await example('send-and-watch.ts', 'example', 'Приходите');
      expect(stdout).to.match(/^2 clients have the tag example\.\n/);
      expect(stdout).to.match(/is completed: 0 failed, of 0 nobody knows\.\n$/);
    });

    it('did-they-get-it.cjs', async () => {
      const app = await listen('did-they-get-it.cjs');
      try {
        const ask = async (query: string) => {
          const response = await fetch(`${app.origin}/${query}`);
          return [response.status, await response.json()];
        };
        const [status, told] = await ask('?phone=79000000001');
        expect(status).to.equal(200);
        expect(told).to.have.lengthOf(1);
        expect(told[0]).to.include({ status: 'sent' }).and.to.have.property('explanation').that.is.a('string');
        expect(await ask('?phone=79000000009')).to.deep.equal([200, []]);
        expect((await ask(''))[0]).to.equal(400);
      } finally {
        app.stop();
      }
    });

    describe('hono-app.ts', () => {
      let app: Started;
      let origin = '';
      before(async () => {
        app = await listen(...node, 'hono-app.ts');
        origin = app.origin;
      });
      after(() => app.stop());
      const announce = (body: object, headers: Record<string, string> = {}) =>
        fetch(`${origin}/announcements`, { method: 'POST', headers, body: JSON.stringify(body) });
      const [start, end] = [new Date(), new Date(Date.now() + 3_600_000)];

      it('announces once, however often it is asked under a key, and tells how far it is', async () => {
        const body = { tag: 'example', text: 'Once', start, end };
        const answers = [
          await announce(body, { 'idempotency-key': 'hono-1' }),
          await announce(body, { 'idempotency-key': 'hono-1' }),
        ];
        expect(answers.map(({ status }) => status)).to.deep.equal([201, 201]);
        const [first, again] = (await Promise.all(answers.map((answer) => answer.json()))) as { id: number }[];
        expect(again!.id).to.equal(first!.id);
        const events = await (await fetch(`${origin}/announcements/${first!.id}/progress`)).text();
        const last = JSON.parse(events.trim().split('\n').at(-1)!.replace('data: ', ''));
        expect(last).to.deep.include({ status: 'completed', sent: 2, total: 2, isOver: true });
      });

      it("answers its callers by the service's errors", async () => {
        const refused = await announce({ tag: 'nobody', text: '', end });
        expect(refused.status).to.equal(400);
        expect((await refused.json()) as object)
          .to.have.property('fields')
          .that.has.keys('text', 'tags.0');
      });
    });

    it('react-app.tsx', async function () {
      if (!findChromium()) {
        process.stderr.write(`LEFT OUT, the example of React: ${noChromium}\n`);
        this.skip();
      }
      const { url, token } = service();
      await withPage(async (page) => {
        const start = `import { start } from './react-app.tsx';
          start(document.querySelector('main'), ${JSON.stringify(url)}, ${JSON.stringify(token)});`;
        await page.goto(await pages().show(start, folder));
        await page.getByLabel('To everybody with').selectOption('example');
        await page.getByRole('button').click();
        await page.getByRole('alert').filter({ hasText: 'blank' }).waitFor();
        await page.getByLabel('Text').fill('Приходите');
        await page.getByRole('button').click();
        await page.getByRole('status').filter({ hasText: '2 of 2 sent, 0 failed. Done.' }).waitFor();
      });
    });
  });
}
