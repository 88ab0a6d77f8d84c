import type { OpenStream, TokenStream } from '@tokenwire/client-kit';
import type { StreamEvent } from '@tokenwire/protocol';

/** How slowly a reader reads. */
export interface Pace {
  /** Milliseconds between two events that the page takes; 0: as they come. */
  delayMs: number;
}

/** The same client, read as slowly as `pace` says; it may change at any time. What waits, waits where the transport has its backpressure. */
export function slowed(open: OpenStream, pace: Pace): OpenStream {
  return (options) => {
    const stream = open(options);
    // Below the original, so that its getters stay live.
    return Object.defineProperty(Object.create(stream) as TokenStream, Symbol.asyncIterator, {
      value: () => slowly(stream, pace),
    });
  };
}

async function* slowly(stream: TokenStream, pace: Pace): AsyncGenerator<StreamEvent, void, undefined> {
  for await (const event of stream) {
    yield event;
    if (pace.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, pace.delayMs));
  }
}
