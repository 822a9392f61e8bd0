import { existsSync } from 'node:fs';

const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** What a test says when it is left out for want of a browser. */
export const noChromium =
  'no Chromium was found: install one (on Debian: apt-get install chromium), or name its path in CHROMIUM_PATH';

/** It runs as root and without a screen, and calls nobody on its own: what it asks for, the page asked for. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The path of a Chromium: the one that `CHROMIUM_PATH` names, and no other, if it is set. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  return (named ? [named] : usualPaths).find((path) => existsSync(path));
}
