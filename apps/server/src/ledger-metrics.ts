import { type Database, readLedgerStand, tellWhyNoWrites } from '@showroom/database';
import type { Health } from '@showroom/jobs';
import { Gauge, type Metrics, rarely, withDeadline } from '@showroom/watch';
import { createJobFigures, createLedgerFigures, createWritableFigures, type Figures } from './ledger-gauges.js';

interface Deps {
  database: Pick<Database, 'sql' | 'transaction' | 'steering'>;
  jobs: Pick<Health, 'stand'>;
  metrics: Metrics;
  /** How long figures of a store that does not answer are still told. */
  keptMs?: number;
}

/** How long a store has to answer: whoever asks for the metrics waits meanwhile. */
const deadlineMs = 1_000;

/**
 * What PostgreSQL and the job store say when somebody asks. One that does not answer within a second is told to be away. Its
 * figures stay for a minute and are then left out: they would keep an alert silent. Several servers say the same: take the
 * highest.
 *
 * @returns looks anew
 */
export function registerLedgerMetrics({ database, jobs, metrics, keptMs = 60_000 }: Deps): () => Promise<void> {
  const up = (name: string, help: string) => new Gauge({ name, help, registers: [metrics] });
  const databaseUp = up('showroom_database_up', 'Whether PostgreSQL answers.');
  const storeUp = up('showroom_job_store_up', 'Whether the job store answers.');
  const writable = createWritableFigures(metrics);
  const lookAtWrites = rarely(() => database.steering(() => tellWhyNoWrites(database)));
  const looks = [
    watchStore({
      look: () => database.steering(() => readLedgerStand(database)),
      figures: createLedgerFigures(metrics),
      isUp: databaseUp,
      keptMs,
    }),
    watchStore({ look: lookAtWrites, figures: writable, keptMs: 0 }),
    watchStore({ look: () => jobs.stand(), figures: createJobFigures(metrics), isUp: storeUp, keptMs }),
  ];
  return async () => void (await Promise.all(looks.map((look) => look())));
}

interface Store<Answer> {
  look(): Promise<Answer>;
  figures: Figures<Answer>;
  isUp?: Gauge;
  keptMs: number;
}

function watchStore<Answer>({ look, figures, isUp, keptMs }: Store<Answer>): () => Promise<void> {
  const timedLook = withDeadline(deadlineMs, look);
  let answeredAt = performance.now();
  return async () => {
    try {
      figures.tell(await timedLook());
      isUp?.set(1);
      answeredAt = performance.now();
    } catch {
      isUp?.set(0);
      if (performance.now() - answeredAt > keptMs) figures.forget();
    }
  };
}
