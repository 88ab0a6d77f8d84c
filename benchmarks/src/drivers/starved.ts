/** A reader that is too slow for its load, on purpose: what the instrument says of it is one of its own tests. */
import type { Read, Sink } from './driver.js';
import { read as readTokenwire } from './tokenwire.js';

export interface StarvedOptions {
  /** Processor time burnt for each token, in milliseconds. */
  readonly burnMs: number;
}

export const read: Read = (call, sink) => {
  const { burnMs } = call.options as unknown as StarvedOptions;
  const slow: Sink = Object.create(sink, {
    token: {
      value: (text: string) => {
        const untilMs = performance.now() + burnMs;
        while (performance.now() < untilMs);
        sink.token(text);
      },
    },
  });
  return readTokenwire(call, slow);
};
