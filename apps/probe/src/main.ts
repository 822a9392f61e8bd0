import { createProbe } from './app.js';
import { ConfigError, parseConfig } from './config.js';

/** Room for thousands of clients that all connect at the same moment. */
const BACKLOG = 4_096;

/**
 * Config, build, listen, close. Under a parent with an IPC channel it reports `{ ready: true, url }` there instead of
 * printing its address, and goes when the parent does.
 */
async function main(): Promise<void> {
  const stopAsked = whenStopAsked();
  const { host, port, token, faults } = parseConfig();
  const probe = createProbe({ token, faults });
  announce(await probe.listen({ host, port, backlog: BACKLOG }));
  await stopAsked;
  await probe.close();
}

/**
 * Resolves at the first SIGINT or SIGTERM, or when the parent's channel closes, be it before this line is reached.
 * The listeners stay, so a second signal does nothing.
 */
function whenStopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.on(event, () => resolve());
    if (process.send && !process.connected) resolve();
  });
}

function announce(url: string): void {
  if (process.connected) process.send?.({ ready: true, url });
  else process.stdout.write(`The probe listens on ${url}\n`);
}

// An open IPC channel would keep a finished process alive, hence the explicit exits.
main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : (error.stack ?? error)}\n`);
    process.exit(1);
  },
);
