import type { Contender } from '../contender.js';
import { createQueueContender } from './queue.js';
import { createShowroom } from './showroom.js';

/** All who race. The first is the bound that the others are held against. */
export const contenders: readonly Contender[] = [
  createQueueContender({ queue: 'bare', name: 'bare undici loop' }),
  createShowroom({ jobs: 'mongodb', workers: 1 }),
  createShowroom({ jobs: 'mongodb', workers: 2 }),
  createShowroom({ jobs: 'postgresql', workers: 1 }),
  createShowroom({ jobs: 'postgresql', workers: 2 }),
  createQueueContender({ queue: 'pg-boss', name: 'pg-boss', needs: 'postgresql' }),
  createQueueContender({ queue: 'graphile-worker', name: 'graphile-worker', needs: 'postgresql', share: 0.5 }),
  createQueueContender({ queue: 'bullmq', name: 'BullMQ', needs: 'redis', share: 0.5 }),
  createQueueContender({ queue: 'agenda', name: 'Agenda, a job per message', needs: 'mongodb', share: 0.02 }),
];
