import type { Settings } from '../../settings.js';
import { createSpoolSpace, type SpoolSpace } from './spool-space.js';
import { createWriteQueue, type WriteQueue } from './write-queue.js';

/** What all imports of a server share. */
export interface ImportLimits {
  readonly space: SpoolSpace;
  readonly queue: WriteQueue;
}

export const createImportLimits = (settings: Settings): ImportLimits => ({
  space: createSpoolSpace(settings.importSpoolBytes),
  queue: createWriteQueue({ atOnce: settings.importsAtOnce, waitMs: settings.importWaitMs }),
});
