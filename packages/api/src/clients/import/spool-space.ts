import { ApiError } from '../../errors.js';

const megabyte = 1024 * 1024;

/** One spool's part of the space that all share. */
export interface SpoolShare {
  /** @throws ApiError import.no_space if all spools together would be larger than they may be */
  take(bytes: number): void;
  /** Everything that was taken is free again. */
  giveBack(): void;
}

export interface SpoolSpace {
  open(): SpoolShare;
}

/** Bounds the temporary files of all imports together. */
export function createSpoolSpace(maxBytes: number): SpoolSpace {
  let used = 0;
  return {
    open() {
      let own = 0;
      return {
        take(bytes) {
          if (used + bytes > maxBytes) throw new ApiError('import.no_space', noRoom(maxBytes));
          used += bytes;
          own += bytes;
        },
        giveBack() {
          used -= own;
          own = 0;
        },
      };
    },
  };
}

const noRoom = (maxBytes: number) =>
  `All imports together may keep ${maxBytes / megabyte} MB (IMPORT_SPOOL_MB): try again when others are done, or send ` +
  'a smaller file.';
