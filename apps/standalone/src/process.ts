import { ConfigError } from '@showroom/app';
import { type BannerFacts, toBanner } from './banner.js';
import { parseConfig } from './config.js';
import { watchParents } from './parents.js';
import { runStandalone, type StandaloneDeps } from './standalone.js';

/**
 * The whole life of the process: settings, everything up, a signal, everything down, exit code (0 when it was asked
 * to stop, 1 when it could not go on). Sentences for the operator go to stderr, the banner to stdout.
 */
export function startStandalone(entryOf: StandaloneDeps['entryOf']): void {
  live(entryOf).then(
    () => process.exit(0),
    (error: Error) => {
      process.stderr.write(`${error instanceof ConfigError ? error.message : `Showroom stopped. ${error.message}`}\n`);
      process.exit(1);
    },
  );
}

async function live(entryOf: StandaloneDeps['entryOf']): Promise<void> {
  const config = parseConfig();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  await runStandalone({ config, entryOf, say }, announce, whenStopAsked(config.isRunByNpm));
}

/** Under a parent with an IPC channel it reports there as well, as the apps do. */
function announce(facts: BannerFacts): void {
  process.stdout.write(toBanner(facts));
  if (process.connected) process.send?.({ ready: true, url: facts.serverUrl, admin: facts.admin });
}

/**
 * Ctrl-C may come twice, from the terminal and from npm: the listeners stay. Whoever closed the pipe that we write
 * to must not keep us from an orderly end.
 */
function whenStopAsked(isRunByNpm: boolean): AbortSignal {
  const asked = new AbortController();
  for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(event, () => asked.abort());
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  if (isRunByNpm) watchParents(() => asked.abort());
  return asked.signal;
}
