/**
 * `report.json`: everything that tables, charts, CSV and Markdown show, worked out from `raw.jsonl`.
 * Times in milliseconds unless a metric's unit says otherwise.
 */
import type { Margin, Metric } from '../metrics/metric.js';
import type { Manifest } from '../raw/manifest.js';
import type { METHODOLOGY, Verdict } from '../raw/raw.js';

export interface LabReport {
  readonly methodology: typeof METHODOLOGY;
  readonly manifest: Manifest;
  /** Metrics that the scenarios use, by id. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** What the instrument says of itself; null for what was not run. */
  readonly instrument: Instrument;
  readonly scenarios: readonly ScenarioReport[];
  /** Trials that count in no figure, and why. */
  readonly excluded: readonly ExcludedTrial[];
  /** Recorded arrivals of one stream of each target, to be played side by side. Empty without a steady scenario. */
  readonly replay: readonly ReplayLane[];
}

export interface Instrument {
  /** Two targets that are the same: comparisons that were made, and those that found a difference (should be none). */
  readonly aa: { readonly comparisons: number; readonly found: readonly string[] } | null;
  /** Tokens per second that the generator can take from a server that does nothing, by driver. */
  readonly ceiling: Readonly<Record<string, number>>;
  /** The smallest difference that this run could have told from noise, by metric, in its unit. */
  readonly floor: Readonly<Record<string, number>>;
  /** An injected delay: what was injected, what was seen. */
  readonly knownDelay: { readonly injectedMs: number; readonly seenMs: number; readonly errorMs: number } | null;
  /** Another instrument on the same endpoint: medians of time to last token, and their ratio (ours / theirs). */
  readonly secondOpinion: {
    readonly name: string;
    readonly oursMs: number;
    readonly theirsMs: number;
    readonly ratio: number;
  } | null;
}

/** One value with its uncertainty. */
export interface Estimate {
  /** Null when the sample cannot carry it (a p99 of too few values). */
  readonly value: number | null;
  /** 95 % interval of the bootstrap over blocks; null with fewer than two blocks. */
  readonly low: number | null;
  readonly high: number | null;
  /** Values behind it. */
  readonly samples: number;
  /** Streams behind it. */
  readonly streams: number;
  /** Blocks behind it: the unit of statistics. */
  readonly blocks: number;
  /** Describes this sample only: too few streams to say something of the percentile (Wilks). */
  readonly sampleOnly: boolean;
  /** The same of each block alone, in the order of the blocks; null where a block does not carry it. For `diff`. */
  readonly blockValues?: readonly (number | null)[];
}

export type TargetKind = 'ours' | 'control' | 'peer';

export interface Row {
  readonly target: string;
  readonly kind: TargetKind;
  /** What was varied, as shown; empty when nothing was. */
  readonly point: string;
  readonly factors: Readonly<Record<string, string | number>>;
  /** The worst of its trials. Only VALID rows are compared. */
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  /** What is remarkable though it is VALID: more than half of what the generator can take. */
  readonly flags?: readonly string[];
  readonly streams: number;
  readonly tokens: number;
  readonly blocks: number;
  /** Metric id → value. */
  readonly values: Readonly<Record<string, Estimate>>;
  /** D of all tokens at the percentiles 0, 1, …, 100; empty without D. For charts, whatever the sample carries. */
  readonly deliveryPercentilesMs: readonly number[];
}

export type Word = 'faster' | 'slower' | 'less' | 'more' | 'equivalent' | 'inconclusive';

/** A target against the reference of its scenario, at the same point. */
export interface Comparison {
  readonly metric: string;
  readonly point: string;
  readonly target: string;
  readonly reference: string;
  readonly word: Word;
  /** target / reference. */
  readonly ratio: Estimate;
  /** target − reference, in the metric's unit. */
  readonly difference: Estimate;
  readonly margin: Margin;
  /** Why it is inconclusive, in a few words; empty otherwise. */
  readonly why: string;
}

export interface ScenarioReport {
  readonly name: string;
  readonly title: string;
  /** What it asks. */
  readonly question: string;
  /** What the figures say, in a sentence or two, computed from them. */
  readonly answer: string;
  /** Target that the others are divided by; null when nothing is compared. */
  readonly reference: string | null;
  /** Metric ids of the table, in order. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly comparisons: readonly Comparison[];
  /** What has to be known to read it: flush policy, deviations, how a network was made. */
  readonly notes: readonly string[];
  /** For scenarios with a curve: the factor on the x axis. */
  readonly axis: string | null;
}

export interface ExcludedTrial {
  readonly trial: number;
  readonly scenario: string;
  readonly target: string;
  readonly point: string;
  readonly block: number;
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

/** One stream to be played: when each token came, and what it was. */
export interface ReplayLane {
  readonly target: string;
  readonly kind: TargetKind;
  readonly tokens: readonly string[];
  /** Milliseconds after the request. */
  readonly arrivalsMs: readonly number[];
  /** When each was due, milliseconds after the request. */
  readonly dueMs: readonly number[];
}
