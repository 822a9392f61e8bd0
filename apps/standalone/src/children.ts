import { setTimeout as sleep } from 'node:timers/promises';
import { type ChildRun, type Ready, runChild } from './child-run.js';

export interface SupervisionTimes {
  /** Before the first restart; doubled at each further death in a row, up to `maxPauseMs`. */
  pauseMs: number;
  maxPauseMs: number;
  /** A life as long as this ends the row. */
  calmMs: number;
  /** So many deaths in a row before being ready are one too many. */
  tries: number;
  /** Between SIGTERM and SIGKILL. */
  patienceMs: number;
}

const USUAL_TIMES: SupervisionTimes = {
  pauseMs: 500,
  maxPauseMs: 30_000,
  calmMs: 60_000,
  tries: 3,
  patienceMs: 15_000,
};

export interface SupervisionOptions {
  /** As the operator reads it. */
  name: string;
  /** Absolute path of the app's entry file. */
  entry: string;
  environment: NodeJS.ProcessEnv;
  /** Gets a sentence for the operator. */
  say: (line: string) => void;
  times?: Partial<SupervisionTimes>;
}

export interface SupervisedChild {
  /** Resolves at the first time it is up. Rejects when it was given up or stopped before that. */
  ready: Promise<Ready>;
  /** Resolves when it was given up, at its first start or later; never when it was stopped. */
  givenUp: Promise<Error>;
  pid(): number | undefined;
  /** Ends it for good; resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Keeps an app running.
 *
 * A child is *starting* until it says that it is ready; then it is *up*. Whichever way an up child ends that we did not ask for,
 * an exit with code 0 too, it is started again after a *pause*. A child that ends while starting is also started
 * again, but after three such ends in a row it is *given up*: there is a reason that time does not heal. `stop()` leads
 * from every state to *stopped*. From given up and stopped nothing leads back, and there are never two runs at once.
 *
 * @example
 * const server = superviseChild({ name: 'server', entry, environment, say });
 * const { url } = await server.ready;
 * await server.stop();
 */
export function superviseChild({ times, ...options }: SupervisionOptions): SupervisedChild {
  const stopped = new AbortController();
  const life: Life = { options, times: { ...USUAL_TIMES, ...times }, stopped: stopped.signal, run: null };
  let giveUp: (reason: Error) => void = () => {};
  const givenUp = new Promise<Error>((resolve) => {
    giveUp = resolve;
  });
  let done: Promise<void> = Promise.resolve();
  const ready = new Promise<Ready>((resolve, reject) => {
    done = keepRunning(life, resolve).then((reason) => {
      reject(reason ?? new Error(`${options.name} was stopped before it was ready`));
      if (reason) giveUp(reason);
    });
  });
  ready.catch(() => {});
  return {
    ready,
    givenUp,
    pid: () => life.run?.pid,
    stop: async () => {
      stopped.abort();
      await life.run?.stop(life.times.patienceMs);
      await done;
    },
  };
}

interface Life {
  options: Omit<SupervisionOptions, 'times'>;
  times: SupervisionTimes;
  stopped: AbortSignal;
  run: ChildRun | null;
}

/** Run after run. Answers why it was given up, or null when it was stopped. */
async function keepRunning(life: Life, onReady: (ready: Ready) => void): Promise<Error | null> {
  const { options, times, stopped } = life;
  let { environment } = options;
  let deaths = 0;
  let deathsAtStart = 0;
  while (!stopped.aborted) {
    const bornAt = Date.now();
    const run = runChild(options.entry, environment);
    life.run = run;
    const ready = await run.ready;
    if (ready) {
      onReady(ready);
      environment = keepPort(environment, ready);
      deathsAtStart = 0;
    }
    const how = await run.ended;
    if (stopped.aborted) break;
    if (Date.now() - bornAt > times.calmMs) deaths = 0;
    deaths += 1;
    if (!ready) deathsAtStart += 1;
    if (deathsAtStart >= times.tries) return new Error(farewell(options.name, how, run.lastWords()));
    const pauseMs = Math.min(times.maxPauseMs, times.pauseMs * 2 ** (deaths - 1));
    options.say(
      `The ${options.name} ended ${how}${ready ? '' : ' before it was ready'}; starting it again in ${pauseMs} ms.`,
    );
    await sleep(pauseMs, undefined, { signal: stopped }).catch(() => {});
  }
  return null;
}

/** An app that was free to choose its port must come back at the same place: others were told of it. */
function keepPort(environment: NodeJS.ProcessEnv, { url }: Ready): NodeJS.ProcessEnv {
  return url && environment.PORT === '0' ? { ...environment, PORT: new URL(url).port } : environment;
}

function farewell(name: string, how: string, lastWords: string): string {
  const said = lastWords ? ` The last it said:\n${lastWords}` : '';
  return `The ${name} ended ${how} again and again before it was ready.${said}`;
}
