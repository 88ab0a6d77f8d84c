import type { Manifest, TraceSummary } from '../raw/manifest.js';
import type { RawStream, RawTrial } from '../raw/raw.js';
import { timesOf, type StreamTimes } from '../raw/times.js';

/** One stream with all its moments. */
export interface StreamView extends StreamTimes {
  readonly stream: RawStream;
  /** What it played; undefined when the manifest does not know it. */
  readonly trace: TraceSummary | undefined;
  /** Token delivery latency D = t − q, one a token, in microseconds; empty when the server cannot tell q. */
  readonly deliveryUs: readonly number[];
}

/** One trial as metrics see it. */
export interface TrialView {
  readonly trial: RawTrial;
  readonly streams: readonly StreamView[];
}

/** @param traces of the manifest. */
export function viewOf(trial: RawTrial, streams: readonly RawStream[], traces: Manifest['traces']): TrialView {
  return { trial, streams: streams.map((stream) => streamView(stream, traces[stream.trace])) };
}

function streamView(stream: RawStream, trace: TraceSummary | undefined): StreamView {
  const { dueStartUs, slipUs, transportUs } = stream;
  // Whole numbers are added, so that nothing is lost to the size of the clock's values.
  const deliveryUs = dueStartUs === null ? [] : transportUs.map((transport, index) => transport + (slipUs[index] ?? 0));
  return { stream, trace, deliveryUs, ...timesOf(stream, trace?.offsetsUs ?? []) };
}
