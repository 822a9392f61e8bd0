import { toConnectionError } from '../errors.js';
import type { Send } from './send.js';
import { readWatched } from './source.js';
import type { Stall } from './stall.js';

/** Sends a body while it is read. */
export const sendStreamed: Send = async ({ fetch }, { url, headers, signal, stall }, body, onProgress) => {
  let failure: { error: unknown } | undefined;
  const stream = toStream(readWatched(body, onProgress), stall, (error) => {
    failure = { error };
  });
  // What a stream is sent with; types of the DOM do not know it yet.
  const init = { method: 'POST', headers, body: stream, duplex: 'half', signal } as RequestInit;
  try {
    return await fetch(url, init);
  } catch (error) {
    // What the source threw is the caller's own, and no failure of the connection.
    if (failure) throw failure.error;
    if (signal.aborted) throw error;
    throw toConnectionError(error);
  }
};

/** Asked for the next piece only once the one before was taken. */
function toStream(
  pieces: AsyncGenerator<Uint8Array>,
  stall: Stall,
  onFailure: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  let bytes = 0;
  return new ReadableStream({
    pull: async (controller) => {
      stall.end();
      try {
        const { done, value } = await pieces.next();
        if (done) {
          controller.close();
          return stall.answer(bytes);
        }
        controller.enqueue(value);
        bytes += value.byteLength;
        stall.begin();
      } catch (error) {
        onFailure(error);
        controller.error(error);
      }
    },
    cancel: async () => {
      await pieces.return(undefined);
    },
  });
}
