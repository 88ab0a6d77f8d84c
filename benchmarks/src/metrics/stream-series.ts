/** Series with a value for each token, chunk or stream. Times in milliseconds. */
import { isGood } from './objectives.js';
import type { StreamView, TrialView } from './view.js';

/** Tokens per second that a reader reads. */
export const READING_RATE = 10;

type OfStream = (view: StreamView) => readonly number[];

const OF_STREAM: Readonly<Record<string, OfStream>> = {
  /** D = t − q. */
  delivery: ({ deliveryUs }) => toMs(deliveryUs),
  /** w − q. */
  slip: ({ stream }) => (stream.dueStartUs === null ? [] : toMs(stream.slipUs)),
  /** t − w; without w there is none. */
  transport: ({ stream }) => (stream.dueStartUs === null || stream.slipUs.length === 0 ? [] : toMs(stream.transportUs)),
  /** t₁ − s. */
  ttft: ({ arrivalsUs }) => toMs(arrivalsUs.slice(0, 1)),
  /** t₁ − q₁. */
  addedTtft: ({ deliveryUs }) => toMs(deliveryUs.slice(0, 1)),
  /** h − s. */
  headers: ({ stream }) => toMs(stream.headersUs === null ? [] : [stream.headersUs]),
  /** b − s. */
  firstByte: ({ stream }) => toMs(stream.firstByteUs === null ? [] : [stream.firstByteUs]),
  /** tᵢ − tᵢ₋₁; tokens that arrive together have 0. */
  itl: ({ arrivalsUs, stream }) => toMs(gapsOf(together(arrivalsUs, stream.chunkTokens))),
  /** cᵢ − cᵢ₋₁. */
  gap: ({ chunksUs }) => toMs(gapsOf(chunksUs)),
  tokensPerChunk: ({ stream }) => stream.chunkTokens,
  /** (tₙ − t₁)/(n − 1). */
  tpot: (view) => toMs(spanOf(view).map((span) => span / (view.arrivalsUs.length - 1))),
  /** tₙ − s. */
  ttlt: ({ arrivalsUs }) => toMs(arrivalsUs.slice(-1)),
  /** TTLT/n: the first token and the wait for it are in it. */
  ttltPerToken: ({ arrivalsUs }) => toMs(arrivalsUs.slice(-1).map((last) => last / arrivalsUs.length)),
  /** e − s. */
  done: ({ stream }) => toMs([stream.endUs]),
  /** |cdvᵢ|. */
  jitter: ({ stream }) => toMs(gapsOf(stream.dueStartUs === null ? [] : stream.transportUs).map(Math.abs)),
  stall: ({ arrivalsUs }) => stallShare(arrivalsUs),
  /** (n − 1)/(tₙ − t₁) per second. */
  streamRate: (view) => spanOf(view).map((span) => ((view.arrivalsUs.length - 1) / span) * 1e6),
  /** n/TTLT per second. */
  endToEndRate: ({ arrivalsUs }) => arrivalsUs.slice(-1).map((last) => (arrivalsUs.length / last) * 1e6),
  /** 1 for a stream that met every objective, 0 for another. */
  goodput: (view) => {
    const good = isGood(view);
    return good === undefined ? [] : [good ? 1 : 0];
  },
  requests: ({ stream }) => [stream.requests],
  reconnects: ({ stream }) => [stream.reconnects],
  lost: ({ stream }) => [stream.lost],
  doubled: ({ stream }) => [stream.doubled],
  /** How late the generator issued the request. */
  lag: ({ stream }) => toMs([stream.startUs]),
};

/** Names of these series. */
export const STREAM_SERIES: readonly string[] = Object.keys(OF_STREAM);

/** A series of a trial, or undefined when it is none of these. What cannot be known of a stream is left out. */
export function streamSeries(name: string, { streams }: TrialView): Float64Array | undefined {
  const of = Object.hasOwn(OF_STREAM, name) ? OF_STREAM[name] : undefined;
  if (!of) return undefined;
  return Float64Array.from(streams.flatMap((stream) => of(stream).filter(Number.isFinite)));
}

/**
 * The share of time in which a reader of R tokens/s has nothing to read. It begins with the first token, takes 1/R for
 * each, and waits when the next is not there: f₁ = t₁ + 1/R, fᵢ = max(fᵢ₋₁, tᵢ) + 1/R; stalled is Σ max(0, tᵢ − fᵢ₋₁),
 * and all of it is fₙ − t₁.
 */
function stallShare(arrivalsUs: readonly number[]): readonly number[] {
  const [first] = arrivalsUs;
  if (first === undefined) return [];
  const eachUs = 1e6 / READING_RATE;
  let free = first;
  let stalled = 0;
  for (const at of arrivalsUs) {
    stalled += Math.max(0, at - free);
    free = Math.max(free, at) + eachUs;
  }
  return [stalled / (free - first)];
}

/** Tokens of a chunk came in one moment, whatever the clock said between handing on one and the next. */
function together(arrivalsUs: readonly number[], chunkTokens: readonly number[]): readonly number[] {
  let first = 0;
  return chunkTokens.flatMap((tokens) => {
    const at = arrivalsUs[first] ?? Number.NaN;
    first += tokens;
    return Array.from({ length: tokens }, () => at);
  });
}

/** tₙ − t₁; none with fewer than two tokens, or when all came together. */
function spanOf({ arrivalsUs }: StreamView): readonly number[] {
  const span = (arrivalsUs.at(-1) ?? Number.NaN) - (arrivalsUs[0] ?? Number.NaN);
  return arrivalsUs.length > 1 && span >= 0 ? [span] : [];
}

function gapsOf(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] ?? Number.NaN));
}

function toMs(us: readonly number[]): readonly number[] {
  return us.map((value) => value / 1000);
}
