import { MIN_POLL_INTERVAL_MS } from './measure-run.js';
import { short } from './numbers.js';
import type { ModeReport } from './report.js';

/** What differs by less counts as equal: 0.2 ms or 5 %, whichever is more. */
const EQUAL_MS = 0.2;
const EQUAL_SHARE = 0.05;

/**
 * One sentence on what the figures mean, computed from them. Headline is D, the delivery latency of tokens; without a
 * timetable it is the way from the log to the reader.
 */
export function sentenceOn(modes: readonly ModeReport[], nextPollMs: number | null): string {
  const medianOf = ({ deliveryMs, transportMs }: ModeReport) => (deliveryMs ?? transportMs).p50;
  const streaming = modes.filter(({ mode }) => mode !== 'batch').sort((a, b) => medianOf(a) - medianOf(b));
  const batch = modes.find(({ mode }) => mode === 'batch');
  const [best] = streaming;
  if (!best || !batch) return '';

  const bestMs = medianOf(best);
  const limitMs = bestMs + Math.max(EQUAL_MS, bestMs * EQUAL_SHARE);
  const leaders = streaming.filter((mode) => medianOf(mode) <= limitMs);
  const others = streaming.filter((mode) => medianOf(mode) > limitMs);

  const names = list(leaders.map(({ mode }) => mode));
  const paced = streaming.every(({ deliveryMs }) => deliveryMs !== null);
  const until = `from ${paced ? 'when a token is due' : 'the log'} to the reader`;
  const lead =
    leaders.length > 1
      ? `${names} are equivalent, ${short(bestMs)} to ${short(medianOf(leaders.at(-1) ?? best))} ms ${until}`
      : `${names} is fastest, ${short(bestMs)} ms ${until}`;
  const rest = others.map((mode) => `${mode.mode} takes ${short(medianOf(mode))} ms${reasonOf(mode.mode, nextPollMs)}`);
  const times = short(batch.ttftMs.p50 / best.ttftMs.p50);
  const last = `batch shows nothing for ${short(batch.ttftMs.p50)} ms, ${times} times as long as ${best.mode}`;
  return `In the median ${[lead, ...rest, last].join('; ')}.`;
}

/** Why polling is slower: its interval, not its work. */
function reasonOf(mode: string, nextPollMs: number | null): string {
  if (mode === 'long-poll') return ` (at most one poll in ${MIN_POLL_INTERVAL_MS} ms)`;
  return mode === 'short-poll' && nextPollMs !== null ? ` (one poll every ${nextPollMs} ms)` : '';
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
