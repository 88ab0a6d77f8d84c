import type { ConnectionFaults, DirectionFaults, Ending, Plan } from './faults.js';
import { randomOf } from './random.js';

/** What `scheduledFaults` draws from. */
export interface ScheduleOptions {
  /** Share of connections without any fault, 0 to 1, so that everything ends some day. Default 0.25. */
  readonly healthy?: number;
  /** Connections are cut within so many bytes from the server; default 4 096. Of requests: within an eighth of it. */
  readonly cutWithinBytes?: number;
  /** How connections may end; default FIN and RST. With `blackhole`, a reader waits for its watchdog. */
  readonly endings?: readonly Ending[];
  /** Longest delay of a piece; default 20 ms. */
  readonly maxDelayMs?: number;
}

/** A plan of random faults: the same for the same seed, connection by connection. */
export function scheduledFaults(seed: number, options: ScheduleOptions = {}): Plan {
  const { healthy = 0.25, cutWithinBytes = 4_096, endings = ['fin', 'rst'], maxDelayMs = 20 } = options;
  return (index) => {
    const random = randomOf(seed, index);
    const below = (limit: number): number => Math.floor(random() * limit);
    const pick = <T>(values: readonly T[]): T | undefined => values[below(values.length)];
    const cut = (within: number): DirectionFaults => {
      const how = pick(endings);
      return how === undefined ? {} : { cutAtByte: { at: below(within + 1), how } };
    };
    const kinds: readonly (() => ConnectionFaults)[] = [
      () => ({ refuse: true }),
      () => ({ up: cut(Math.floor(cutWithinBytes / 8)) }),
      () => ({ down: cut(cutWithinBytes) }),
      () => ({ down: { ...cut(cutWithinBytes), sliceBytes: 1 + below(16) } }),
      () => ({ down: { ...cut(cutWithinBytes), latencyMs: below(maxDelayMs + 1), jitterMs: below(maxDelayMs + 1) } }),
      () => ({ down: { ...cut(cutWithinBytes), coalesceMs: below(maxDelayMs + 1) } }),
      () => ({ up: { latencyMs: below(maxDelayMs + 1) }, down: { sliceBytes: 1 + below(64) } }),
    ];
    if (random() < healthy) return {};
    return pick(kinds)?.() ?? {};
  };
}
