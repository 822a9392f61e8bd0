import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromiumFlags, findChromium } from '@showroom/testing';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';

/** A page of an origin of its own, with a script that is bundled as apps bundle theirs. */
export interface Pages {
  readonly origin: string;
  /** Gives it a script, whose imports are found from `folder`. @returns where it is */
  show(script: string, folder: string): Promise<string>;
  close(): void;
}

const html =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><main></main><script type="module" src="/app.js"></script>';

export async function servePages(): Promise<Pages> {
  let script = '';
  const server = createServer(({ url }, response) => {
    response
      .setHeader('content-type', url === '/app.js' ? 'text/javascript' : 'text/html')
      .end(url === '/app.js' ? script : html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    show: async (source, folder) => {
      script = await bundle(source, folder);
      return `${origin}/`;
    },
    close: () => server.close(),
  };
}

export async function bundle(source: string, folder: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: folder },
    bundle: true,
    format: 'esm',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  });
  return outputFiles[0]!.text;
}

/** Has a page of a real browser, and fails when something goes wrong in it unseen. */
export async function withPage(use: (page: Page) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({ executablePath: findChromium()!, args: chromiumFlags });
  try {
    const page = await browser.newPage({ bypassCSP: true });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await use(page);
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  } finally {
    await browser.close();
  }
}
