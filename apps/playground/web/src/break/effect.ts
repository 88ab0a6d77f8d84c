import type { Conditions, WayConditions } from '../../../src/control-protocol.js';
import type { PaneRecord, Who } from '../pane/pane-record.js';
import { counted, duration, size } from './words.js';

/** A condition that stays: of the lane's line, or of whoever reads it. */
export interface Effect {
  /** Of the fault that made it. */
  readonly id: string;
  /** Whom it concerns. */
  readonly who: Who;
  /** What the line does from now on. */
  readonly conditions?: Conditions;
  /** Milliseconds for which the page waits after each event from now on. */
  readonly delayMs?: number;
  /** What it is from now on, as a sentence. */
  readonly begins: string;
  /** That it is over, as a sentence. */
  readonly ends: string;
  /** What has come of it, as a sentence. */
  readonly effect: (measured: Measured) => string;
}

/** What a pane got in a stretch of time. */
export interface Measured {
  readonly ms: number;
  /** Of payload. */
  readonly bytes: number;
  readonly events: number;
  /** How many times events came, when what comes within 20 ms counts as once. */
  readonly lumps: number;
  /** Events in the largest of them. */
  readonly largestLump: number;
  /** The longest wait for one, in milliseconds. */
  readonly longestWaitMs: number;
}

/** Where a stretch of time began. */
export interface Mark {
  readonly atMs: number;
  readonly bytes: number;
  readonly events: number;
  /** Length of the record's columns. */
  readonly rows: number;
}

const LUMP_MS = 20;

export function markOf(record: PaneRecord, nowMs: number): Mark {
  return { atMs: nowMs, bytes: record.bytes, events: record.events.length, rows: record.at.length };
}

/** What came since `mark`. Looks at every event since then, so it is asked once, at the end. */
export function measure(record: PaneRecord, mark: Mark, nowMs: number): Measured {
  let lumps = 0;
  let inLump = 0;
  let largestLump = 0;
  let longestWaitMs = 0;
  let last = mark.atMs;
  for (let row = mark.rows; row < record.at.length; row += 1) {
    const at = record.at[row] ?? 0;
    longestWaitMs = Math.max(longestWaitMs, at - last);
    if (lumps === 0 || at - last > LUMP_MS) {
      lumps += 1;
      inLump = 0;
    }
    inLump += 1;
    largestLump = Math.max(largestLump, inLump);
    last = at;
  }
  return {
    ms: nowMs - mark.atMs,
    bytes: record.bytes - mark.bytes,
    events: record.events.length - mark.events,
    lumps,
    largestLump,
    longestWaitMs: Math.max(longestWaitMs, record.endMs === undefined ? nowMs - last : 0),
  };
}

/** `In 10.0 s 40.2 KB came, 4.0 KB/s: 44 events.` */
export function rateSentence({ ms, bytes, events }: Measured): string {
  const rate = ms > 0 ? (bytes * 1000) / ms : 0;
  return `In ${duration(ms)} ${size(bytes)} came, ${size(rate)}/s: ${counted(events, 'event')}.`;
}

/** Several conditions at once; of the same kind, the later one holds. */
export function merged(all: readonly (Conditions | undefined)[]): Conditions {
  const up: WayConditions = Object.assign({}, ...all.map((conditions) => conditions?.up)) as WayConditions;
  const down: WayConditions = Object.assign({}, ...all.map((conditions) => conditions?.down)) as WayConditions;
  return {
    ...(Object.keys(up).length > 0 ? { up } : {}),
    ...(Object.keys(down).length > 0 ? { down } : {}),
  };
}
