import { type Effect, type Measured, rateSentence } from './effect.js';
import { FAULT_DEFAULTS, type Fault, type FaultGroup, type FaultOptions, notConnected, notReading } from './fault.js';
import { hold } from './standing.js';
import { counted, duration, size } from './words.js';

/** What a proxy holds back: so many bytes, for so long at most. */
const HELD_BYTES = 8_192;
const HELD_MS = 1_500;

const CUT_FIN: Fault = {
  id: 'cut-fin',
  title: 'Cut (FIN)',
  does: 'Closes the pane’s connections in good order, as a server or proxy does that restarts or has a time limit.',
  shows: 'The client notices at once, because no terminal event has come, and reads on after the last event.',
  perPane: true,
  obstacle: notConnected,
  apply: async ({ record }, control) => void (await control.ask({ type: 'cut', lane: record.lane, how: 'fin' })),
};

const CUT_RST: Fault = {
  id: 'cut-rst',
  title: 'Cut (RST)',
  does: 'Breaks the pane’s connections with a reset, as a crashed server or a strict firewall does.',
  shows: 'The client sees an error instead of an end, and does the same: it reads on after the last event.',
  perPane: true,
  obstacle: notConnected,
  apply: async ({ record }, control) => void (await control.ask({ type: 'cut', lane: record.lane, how: 'rst' })),
};

const BLACKHOLE: Fault = {
  id: 'blackhole',
  title: 'Blackhole',
  does: 'Swallows every byte on the pane’s connections, which stay open, as a NAT does that has forgotten them.',
  shows: 'Nothing happens for seconds; then the watchdog misses the heartbeats, and the client reads on elsewhere.',
  perPane: true,
  obstacle: notConnected,
  apply: async ({ record }, control) => void (await control.ask({ type: 'cut', lane: record.lane, how: 'blackhole' })),
};

const SLOW_LINK: Fault = {
  id: 'slow-link',
  title: 'Slow link',
  does: 'Gives the pane’s line a small bandwidth and a long way, as a phone has it at the edge of a cell.',
  shows: 'Latency grows as long as tokens are made faster than the line carries them; afterwards it catches up.',
  perPane: true,
  lasting: true,
  obstacle: notReading,
  apply: (pane, control, options = FAULT_DEFAULTS) => hold(pane, control, slowLink(options), options.forMs),
};

function slowLink({ bytesPerSecond, latencyMs }: FaultOptions): Effect {
  const way = { bytesPerSecond, latencyMs };
  return {
    id: SLOW_LINK.id,
    who: 'line',
    conditions: { up: way, down: way },
    begins: `Now carries ${size(bytesPerSecond)}/s each way, everything ${duration(latencyMs)} late.`,
    ends: 'Is no longer slow.',
    effect: rateSentence,
  };
}

const BUFFERING: Fault = {
  id: 'buffering-proxy',
  title: 'Buffering proxy',
  does: `Holds back what the server sends until there are ${HELD_BYTES} bytes or ${duration(HELD_MS)} have passed, as proxies do by default.`,
  shows: 'The same text, in lumps: no error anywhere, but streaming is gone; polls suffer once each.',
  perPane: true,
  lasting: true,
  obstacle: notReading,
  apply: (pane, control, options = FAULT_DEFAULTS) => hold(pane, control, BUFFERED, options.forMs),
};

const BUFFERED: Effect = {
  id: BUFFERING.id,
  who: 'line',
  conditions: { down: { coalesceBytes: HELD_BYTES, coalesceMs: HELD_MS } },
  begins: `A proxy now holds back up to ${HELD_BYTES} bytes, for ${duration(HELD_MS)} at most.`,
  ends: 'Nothing is held back any more.',
  effect: lumpSentence,
};

function lumpSentence({ ms, lumps, largestLump, longestWaitMs }: Measured): string {
  const most = largestLump > 1 ? `, up to ${largestLump} at once` : '';
  return `In ${duration(ms)} tokens came ${counted(lumps, 'time')}${most}; the longest wait was ${duration(longestWaitMs)}.`;
}

export const LINE_FAULTS: FaultGroup = {
  title: 'The line',
  faults: [CUT_FIN, CUT_RST, BLACKHOLE, SLOW_LINK, BUFFERING],
};
