import type { SendingStop } from '@showroom/database';

/** Why nothing is sent, in sentences. */
export const explainStop = ({ by, since, reason }: SendingStop): string =>
  `${by} stopped all sending at ${since.toISOString()}. The reason: ${reason}`;
