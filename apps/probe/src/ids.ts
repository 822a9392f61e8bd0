/** A set of integers that stays small: `add` says whether the id is new. */
export interface IdSet {
  readonly size: number;
  add(id: number): boolean;
}

const EMPTY = Number.POSITIVE_INFINITY;
const FIRST_SLOTS = 1_024;

/**
 * Builds a set of ids for runs of millions of messages.
 *
 * An open-addressing table from a block of 32 neighbouring ids to a mask of those seen. The ids of a mailing are
 * contiguous, so a million of them take well under 1 MB (a `Set` takes some 40 MB); ids strewn at random take about
 * 24 to 48 bytes each, and never more. Any safe integer is a valid id.
 *
 * @example
 * const ids = createIdSet();
 * ids.add(7); // true
 * ids.add(7); // false
 */
export function createIdSet(): IdSet {
  let blocks = new Float64Array(FIRST_SLOTS).fill(EMPTY);
  let masks = new Uint32Array(FIRST_SLOTS);
  let used = 0;
  let size = 0;

  function grow(): void {
    const [oldBlocks, oldMasks] = [blocks, masks];
    blocks = new Float64Array(oldBlocks.length * 2).fill(EMPTY);
    masks = new Uint32Array(oldMasks.length * 2);
    for (let from = 0; from < oldBlocks.length; from += 1) {
      const block = oldBlocks[from]!;
      if (block === EMPTY) continue;
      const to = slotOf(blocks, block);
      blocks[to] = block;
      masks[to] = oldMasks[from]!;
    }
  }

  return {
    get size() {
      return size;
    },
    add(id) {
      const block = Math.floor(id / 32);
      const bit = 1 << (id - block * 32);
      const slot = slotOf(blocks, block);
      if ((masks[slot]! & bit) !== 0) return false;
      size += 1;
      masks[slot]! |= bit;
      if (blocks[slot] === EMPTY) {
        blocks[slot] = block;
        used += 1;
        if (used * 2 > blocks.length) grow();
      }
      return true;
    },
  };
}

/** The slot that holds the block, or the free one where it belongs; a table is never more than half full. */
function slotOf(blocks: Float64Array, block: number): number {
  const last = blocks.length - 1;
  let slot = mixed(block) & last;
  while (blocks[slot] !== block && blocks[slot] !== EMPTY) slot = (slot + 1) & last;
  return slot;
}

/** Spreads all 53 bits over 32 (the finalizer of MurmurHash3): neighbours must not crowd into one run of slots. */
function mixed(block: number): number {
  let hash = (block ^ Math.floor(block / 2 ** 32)) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
