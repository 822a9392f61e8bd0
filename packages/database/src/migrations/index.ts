import * as foundation from './0001-foundation.js';

/** In the order in which they are applied. A migration that has landed is never edited: add another. */
export const migrations = [foundation];
