import type { Circumstances } from '../compare/manifest.js';

/** Where, when and with what a report was made. The first line of `raw.jsonl`. */
export interface Manifest extends Circumstances {
  /** `quick`, `full` or the names of the scenarios. */
  readonly plan: string;
  /** Of traces, of the order and of the resampling. */
  readonly seed: number;
  /** Blocks a scenario has at least to be compared. */
  readonly blocks: number;
  readonly v8: string;
  /** Processor of the server and of the generator; null where processes cannot be tied to one. */
  readonly pinned: { readonly server: number; readonly generator: number } | null;
  /** Versions of what was measured beside our own code, by package or program. */
  readonly versions: Readonly<Record<string, string>>;
  /** Targets and proxies that were left out because they are not installed. */
  readonly missing: readonly string[];
  /** How each network profile was made on this machine, by profile. */
  readonly networks: Readonly<Record<string, string>>;
  /** Traces that were played: SHA-256 → what it is. */
  readonly traces: Readonly<Record<string, TraceSummary>>;
  /** The command line. */
  readonly argv: readonly string[];
}

/** A recorded answer as the manifest holds it: neither its text nor where the file was. */
export interface RecordingSummary {
  /** Of the file, without `.jsonl`. */
  readonly name: string;
  /** SHA-256 of the file. */
  readonly sha256: string;
}

/** A trace as the manifest holds it: enough to rebuild all times of its streams. */
export interface TraceSummary {
  readonly name: string;
  /** Null for a recorded one. */
  readonly seed: number | null;
  /** Where its texts and times are from, unless they were drawn. */
  readonly recording?: RecordingSummary;
  readonly tokens: number;
  readonly tokensPerSecond: number;
  /** SHA-256 of the text. */
  readonly textSha256: string;
  /** When each token is due, whole microseconds after the request. */
  readonly offsetsUs: readonly number[];
}
