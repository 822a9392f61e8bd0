export interface SoakConfig {
  /** How long the long form goes on; it ends with the scenario that runs then. */
  minutes: number;
  /** Whatever is drawn, is drawn from this. */
  seed: number;
  /** Only scenarios with this in their names. */
  only: string;
  /** MongoDB for Agenda's jobs; without it they are kept in PostgreSQL. */
  mongodbUrl: string | undefined;
}

/** The suite's settings: SOAK_MINUTES, SOAK_SEED, SOAK_ONLY, MONGODB_URL. */
export function readConfig({ SOAK_MINUTES, SOAK_SEED, SOAK_ONLY = '', MONGODB_URL } = process.env): SoakConfig {
  return {
    minutes: SOAK_MINUTES ? toNumber('SOAK_MINUTES', SOAK_MINUTES) : 60,
    seed: SOAK_SEED ? toNumber('SOAK_SEED', SOAK_SEED) : Math.floor(Math.random() * 1_000_000),
    only: SOAK_ONLY,
    mongodbUrl: MONGODB_URL || undefined,
  };
}

/** What every process of ours gets of our environment. */
export const inherited = { PATH: process.env.PATH };

function toNumber(name: string, text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new Error(`${name} is wrong: expected a number, not "${text}".`);
  return Number(text);
}
