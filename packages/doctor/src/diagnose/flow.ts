import type { Answer } from '../wire/exchange.js';

/** What the arrivals of an answer look like. */
export type Flow =
  /** Pieces came one after the other, over the whole time. */
  | { readonly kind: 'flowing'; readonly heaps: number }
  /** Nearly everything came in the last moments. */
  | { readonly kind: 'held-to-end'; readonly share: number; readonly units: number; readonly withHeaders: boolean }
  /** Pieces of one size that end in the middle of messages. */
  | { readonly kind: 'by-size'; readonly sizeBytes: number; readonly heaps: number }
  /** Several messages at a time, at regular distances. */
  | { readonly kind: 'grouped'; readonly heaps: number; readonly perHeap: number; readonly gapMs: number }
  /** Too short, or too little, to say anything. */
  | { readonly kind: 'unclear'; readonly why: string };

/** Pieces that come within this of the one before belong to one heap, in milliseconds: less than any timer of a proxy. */
const HEAP_MS = 20;
/** The last moments of an answer: this share of its time. */
const LAST = 0.05;
/** An answer that takes less says nothing about its pace, in milliseconds. */
const LEAST_MS = 900;
/** Nobody buffers less than this, in bytes. */
const LEAST_BUFFER = 1024;
/** Timers of proxies that gather what they send are at least as long, in milliseconds. */
const LEAST_GAP_MS = 100;

/** Pieces that came together. */
export interface Heap {
  readonly atMs: number;
  readonly pieces: number;
  readonly units: number;
  readonly bytes: number;
  readonly midUnit: boolean;
}

/** Gathers pieces that came together. */
export function heapsOf(content: Answer['content']): readonly Heap[] {
  const heaps: Heap[] = [];
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { atMs, bytes, units, midUnit } of content) {
    const heap = heaps.at(-1);
    if (heap === undefined || atMs - lastMs > HEAP_MS) heaps.push({ atMs, pieces: 1, units, bytes, midUnit });
    else {
      const { pieces } = heap;
      heaps[heaps.length - 1] = {
        atMs: heap.atMs,
        pieces: pieces + 1,
        midUnit,
        units: heap.units + units,
        bytes: heap.bytes + bytes,
      };
    }
    lastMs = atMs;
  }
  return heaps;
}

/**
 * Judges the pace of an answer of which nothing is known but how it came. Decides by shares and shapes, never by a
 * duration that a slow network or a busy machine could reach.
 */
export function flowOf(answer: Pick<Answer, 'content' | 'contentBytes' | 'endMs' | 'ending' | 'headersMs'>): Flow {
  const { content, contentBytes, endMs, headersMs } = answer;
  const heaps = heapsOf(content);
  const units = heaps.reduce((sum, heap) => sum + heap.units, 0);
  if (contentBytes === 0) return { kind: 'unclear', why: 'the answer was empty' };
  const bySize = bufferOf(heaps);
  if (bySize !== undefined) return { kind: 'by-size', sizeBytes: bySize, heaps: heaps.length };
  if (endMs < LEAST_MS && heaps.length < 5)
    return { kind: 'unclear', why: `the answer took ${Math.round(endMs)} ms only; ask for a longer one` };
  const from = endMs * (1 - LAST);
  const late = content.reduce((sum, { atMs, bytes }) => sum + (atMs >= from ? bytes : 0), 0) / contentBytes;
  const enough = units >= 3 || contentBytes >= 2 * LEAST_BUFFER;
  if (late >= 0.9) {
    if (!enough) return { kind: 'unclear', why: 'the answer was one small message' };
    return { kind: 'held-to-end', share: late, units, withHeaders: headersMs >= from };
  }
  return groupsOf(heaps) ?? { kind: 'flowing', heaps: heaps.length };
}

/** The size of the buffer, when most heaps end inside a message, or, where messages are unknown, all have one round size. */
export function bufferOf(heaps: readonly Heap[], least = 2): number | undefined {
  // The last one is what was left.
  const full = heaps.slice(0, -1);
  if (full.length < least) return undefined;
  const sizeBytes = median(full.map(({ bytes }) => bytes));
  if (sizeBytes < LEAST_BUFFER) return undefined;
  const same = full.every(({ bytes, units }) => bytes === sizeBytes && units === 0) && sizeBytes % LEAST_BUFFER === 0;
  const broken = full.filter(({ midUnit }) => midUnit).length;
  return same || broken > full.length / 2 ? sizeBytes : undefined;
}

/** Heaps of several messages that were written one by one, at distances that look like a timer's. */
function groupsOf(heaps: readonly Heap[]): Flow | undefined {
  // The last one ends when the answer does, not when the timer says so.
  const timed = heaps.slice(0, -1);
  if (timed.length < 4) return undefined;
  const pieces = median(timed.slice(1).map((heap) => heap.pieces));
  const gapMs = median(timed.slice(1).map(({ atMs }, i) => atMs - (timed[i]?.atMs ?? 0)));
  if (pieces < 2 || gapMs < LEAST_GAP_MS) return undefined;
  return { kind: 'grouped', heaps: heaps.length, perHeap: pieces, gapMs };
}

/** The middle value; 0 of nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
