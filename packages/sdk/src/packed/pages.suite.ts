import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromiumFlags, findChromium } from '@showroom/testing';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';

/**
 * The names by which pages find this machine: browsers trust loopback as they trust https. Pages of any other host that
 * came over plain http lack part of the platform.
 */
const hosts = { trusted: '127.0.0.1', plain: 'showroom.test' } as const;
export type Host = keyof typeof hosts;

/** The same address, by another name of this machine. */
export const by = (host: Host, url: string): string => url.replace(hosts.trusted, hosts[host]);

/** A page of an origin of its own, with a script that is bundled as apps bundle theirs. */
export interface Pages {
  readonly origin: string;
  /** Gives it a script, whose imports are found from `folder`. @returns where it is */
  show(script: string, folder: string, host?: Host): Promise<string>;
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
  await new Promise<void>((resolve) => server.listen(0, hosts.trusted, resolve));
  const origin = `http://${hosts.trusted}:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    show: async (source, folder, host = 'trusted') => {
      script = await bundle(source, folder);
      return `${by(host, origin)}/`;
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
  const names = `--host-resolver-rules=MAP ${hosts.plain} ${hosts.trusted}`;
  const browser = await chromium.launch({ executablePath: findChromium()!, args: [...chromiumFlags, names] });
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
