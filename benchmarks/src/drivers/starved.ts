/** A reader that is too slow for its load, on purpose: what the instrument says of it is one of its own tests. */
import type { Read } from './driver.js';
import { PassingSink } from './passing-sink.js';
import { read as readTokenwire } from './tokenwire.js';

export interface StarvedOptions {
  /** Processor time burnt for each token, in milliseconds. */
  readonly burnMs: number;
}

export const read: Read = (call, sink) => {
  const { burnMs } = call.options as unknown as StarvedOptions;
  const slow = new (class extends PassingSink {
    override token(text: string): void {
      const untilMs = performance.now() + burnMs;
      while (performance.now() < untilMs);
      super.token(text);
    }
  })(sink);
  return readTokenwire(call, slow);
};
