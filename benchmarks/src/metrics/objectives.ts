import { percentile } from '../statistics/percentile.js';
import type { StreamView } from './view.js';

/**
 * What a good answer keeps. One second until the first token keeps a reader's train of thought, and 100 ms of delay is
 * not felt (Miller, 1968; Nielsen, Usability Engineering, 1993, chapter 5). The second one is for what transports add,
 * and has to hold for 99 % of an answer's tokens.
 */
export const OBJECTIVES = { ttftMs: 1_000, deliveryP99Ms: 100 } as const;

/**
 * Goodput: whether a stream met every objective, was complete, and had the right checksum.
 * Without D the second objective cannot be judged.
 *
 * @returns undefined when that is so, or when the trace is unknown.
 */
export function isGood({ stream, trace, arrivalsUs, deliveryUs }: StreamView): boolean | undefined {
  if (!trace || stream.dueStartUs === null) return undefined;
  const right = arrivalsUs.length === trace.tokens && stream.sha256 === trace.textSha256;
  const once = stream.lost === 0 && stream.doubled === 0;
  const early = (arrivalsUs[0] ?? Number.NaN) <= OBJECTIVES.ttftMs * 1000;
  return right && once && early && percentile(deliveryUs, 99) <= OBJECTIVES.deliveryP99Ms * 1000;
}
