import { MIN_POLL_INTERVAL_MS } from './measure-run.js';
import { short } from './numbers.js';
import type { CompareOptions } from './options.js';
import type { ModeReport } from './report.js';

/**
 * Streams that it takes to know a p99 of streams with 95 % confidence: the smallest n with 1 − 0.99ⁿ ≥ 0.95
 * (Wilks, 1941). Tokens of one stream are not independent of each other, so streams count.
 */
const STREAMS_FOR_P99 = 299;

/** What has to be known to read the table. */
export function notesOn(
  modes: readonly ModeReport[],
  options: CompareOptions,
  nextPollMs: number | null,
): readonly string[] {
  const streams = modes[0]?.streams ?? 0;
  const tokens = modes[0]?.tokens ?? 0;
  const tail =
    streams < STREAMS_FOR_P99
      ? ` p99 describes this sample only: a p99 to rely on takes ${STREAMS_FOR_P99} streams.`
      : '';
  return [
    `Times in ms. Medians of ${streams} streams a mode, ${options.streams} at a time; ITL and D over ${tokens} tokens, nearest rank.${tail}`,
    'TTFT is cold: each answer opens its own connection. – stands for a percentile that the sample cannot carry.',
    ...timetableNotes(modes),
    'Tokens that arrive together have an ITL of 0, so a low ITL is no speed: batch and polling deliver in heaps. Read D.',
    `Short polling asks every ${nextPollMs ?? 'few'} ms, as the server advises, long polling at most every ${MIN_POLL_INTERVAL_MS} ms: that is where their D comes from.`,
    'Wire: bytes of TCP payload, counted on one answer through a pass-through apart from all timing. No compression.',
    'CPU: user and kernel time of a freshly started server, per token, starting the answers and the model included; batch is little more than the model.',
    'Flush policy: every server writes what the log has as soon as it has it, in one piece, with noDelay.',
    'A first, small comparison on this machine: read ratios, not absolutes.',
  ];
}

/** Shows both parts of D, because only one of them is the transport's. */
function timetableNotes(modes: readonly ModeReport[]): readonly string[] {
  if (modes.some(({ deliveryMs }) => deliveryMs === null)) {
    return [
      'This model has no timetable, so there is no D; the sentence speaks of the way from the log to the application.',
    ];
  }
  const parts = modes.map(({ mode, slipMs, transportMs }) => `${mode} ${short(slipMs?.p50)}/${short(transportMs.p50)}`);
  return [
    'D = arrival at the application − time at which the model’s timetable wanted the token.',
    `D = slip (the server was late: its timers count whole milliseconds) + transport (log to application); medians: ${parts.join(', ')}.`,
  ];
}
