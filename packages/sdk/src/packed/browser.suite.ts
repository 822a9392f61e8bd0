import { join } from 'node:path';
import { findChromium, noChromium } from '@showroom/testing';
import { expect } from 'chai';
import type { Packed, Service } from './packed.suite.js';
import { bundle, by, type Host, type Pages, withPage } from './pages.suite.js';
import { toured } from './toured.suite.js';

const tour = JSON.stringify(join(import.meta.dirname, 'tour.mjs'));
const open = (name: string, place: object) => `
  import * as sdk from '@showroom/sdk';
  import { tour } from ${tour};
  globalThis.toured = tour(sdk, ${JSON.stringify({ ...place, name })});
`;

interface Imported {
  refused: number;
  progress: { bytes: number; totalBytes: number; rows: number }[];
}

/** The tour in a real browser: in a page of another origin, and in one of the service's own. */
export function describeBrowsers(packed: () => Packed, service: () => Service, pages: () => Pages): void {
  describe('runs in Chromium', () => {
    before(function () {
      if (!findChromium()) {
        process.stderr.write(`LEFT OUT, the SDK in a browser: ${noChromium}\n`);
        this.skip();
      }
    });

    for (const [host, isSecure, words] of [
      ['trusted', true, 'that is trusted'],
      ['plain', false, 'that came over plain http from another host'],
    ] satisfies [Host, boolean, string][]) {
      it(`in a page of another origin ${words}, with a token`, () =>
        withPage(async (page) => {
          const { url: baseUrl, token } = service();
          await page.goto(
            await pages().show(open(`another origin, ${host}`, { baseUrl, token }), packed().folder, host),
          );
          expect(await page.evaluate('isSecureContext')).to.equal(isSecure);
          expect(await page.evaluate('globalThis.toured')).to.deep.equal(toured);
        }));

      it(`in a worker of a page ${words}`, () =>
        withPage(async (page) => {
          const { url: baseUrl, token } = service();
          const script = await bundle(
            `${open(`worker, ${host}`, { baseUrl, token })} globalThis.toured.then((seen) => postMessage(seen), (error) => postMessage(String(error)));`,
            packed().folder,
          );
          await page.goto(await pages().show('', packed().folder, host));
          const seen = await page.evaluate(
            (text) =>
              new Promise((resolve) => {
                const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })), {
                  type: 'module',
                });
                worker.onmessage = ({ data }) => resolve(data);
                worker.onerror = ({ message }) => resolve(message);
              }),
            script,
          );
          expect(seen).to.deep.equal(toured);
        }));

      it(`in a page of the service ${words}, where a cookie signs in`, () =>
        withPage(async (page) => {
          const baseUrl = by(host, service().url);
          await page.goto(`${baseUrl}/healthz`);
          expect(await page.evaluate('isSecureContext')).to.equal(isSecure);
          const login = `import { createShowroom } from '@showroom/sdk';
            globalThis.signedIn = createShowroom({ baseUrl: location.origin }).auth.login({ username: 'admin', password: 'pw' });`;
          await page.addScriptTag({ type: 'module', content: await bundle(login, packed().folder) });
          await page.waitForFunction('globalThis.signedIn?.then(() => true)');
          const content = await bundle(open(`same origin, ${host}`, { baseUrl }), packed().folder);
          await page.addScriptTag({ type: 'module', content });
          // An inline module runs when it likes.
          await page.waitForFunction('globalThis.toured !== undefined');
          expect(await page.evaluate('globalThis.toured')).to.deep.equal(toured);
        }));
    }

    it('and tells how far an upload is while it is sent', () =>
      withPage(async (page) => {
        const { url: baseUrl, token } = service();
        const script = `import { createShowroom } from '@showroom/sdk';
          const showroom = createShowroom(${JSON.stringify({ baseUrl, token })});
          const rows = Array.from({ length: 100_000 }, (_, n) => (
            { phone_number: String(n), timezone: 'UTC', mobile_operator_code: 0, tag: 0 }));
          const progress = [];
          globalThis.imported = showroom.clients
            .import(rows, { onProgress: (told) => progress.push(told) })
            .then(({ refused }) => ({ refused, progress }));`;
        await page.goto(await pages().show(script, packed().folder));
        const { refused, progress } = (await page.evaluate('globalThis.imported')) as Imported;
        expect(refused).to.equal(100_000);
        expect(progress.length).to.be.above(20);
        const { bytes, totalBytes, rows } = progress.at(-1)!;
        expect({ bytes, rows }).to.deep.equal({ bytes: totalBytes, rows: 100_000 });
      }));
  });
}
