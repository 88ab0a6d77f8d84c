/**
 * What a measurement leaves behind: `raw.jsonl`, one JSON object a line, in the order in which things ran. First one
 * manifest, then each trial after its streams. Every table is made from these lines and from nothing else.
 */
import type { TargetKind } from '../report/model.js';
import type { Manifest } from './manifest.js';

/** Changes when a figure begins to mean something else. */
export const METHODOLOGY = 'tokenwire-bench/1';

/** A line of `raw.jsonl`. */
export type RawLine = RawManifest | RawStream | RawTrial;

export interface RawManifest {
  readonly kind: 'manifest';
  readonly methodology: typeof METHODOLOGY;
  readonly manifest: Manifest;
}

/**
 * One stream: one answer as one reader got it. Times are whole microseconds after `scheduledMs`, the moment in which it
 * should have started (open loop), so that a late generator adds to the latency instead of hiding it.
 *
 * Token i was due at `dueStartUs + offsetsUs[i]` of its trace (q), written `slipUs[i]` later (w), and at the reader
 * `transportUs[i]` after that (t). So D = slip + transport; `timesOf()` puts them together.
 */
export interface RawStream {
  readonly kind: 'stream';
  /** Number of its trial, from 1. */
  readonly trial: number;
  /** Its number among the streams of the trial, from 0. */
  readonly index: number;
  /** Milliseconds of the machine's monotonic clock. */
  readonly scheduledMs: number;
  /** When it was really issued: how late the generator was. */
  readonly startUs: number;
  /** Response headers, or the open socket, at the reader. Null where a client hides it. */
  readonly headersUs: number | null;
  /** First byte of a body or message. Null where a client hides it. */
  readonly firstByteUs: number | null;
  /** When the reader knew that nothing follows. */
  readonly endUs: number;
  /** Hash of the trace that it followed. */
  readonly trace: string;
  /** When the trace's time 0 was on the server. Null when the server cannot tell: then there is no D. */
  readonly dueStartUs: number | null;
  /** w − q, one a token: when the server handed it to the transport (ours: appended to the log). */
  readonly slipUs: readonly number[];
  /** t − w, one a token; t − q where w is unknown; t where q is unknown (no `dueStartUs`). */
  readonly transportUs: readonly number[];
  /** Tokens of each chunk that arrived, in order; their sum is the number of tokens. */
  readonly chunkTokens: readonly number[];
  /** SHA-256 of the text, hexadecimal. */
  readonly sha256: string;
  /** HTTP requests and sockets. */
  readonly requests: number;
  /** Connections after the first. */
  readonly reconnects: number;
  /** Events that never came, or came twice or out of order. 0 or the stream is not valid. */
  readonly lost: number;
  readonly doubled: number;
  /** Further figures of one scenario, by name (`noticeMs`, `wastedTokens`). */
  readonly extra?: Readonly<Record<string, number>>;
}

/** What one process used between two moments. CPU in microseconds, memory in bytes at the end, delays in milliseconds. */
export interface ProcessUse {
  readonly cpuUserUs: number;
  readonly cpuSystemUs: number;
  readonly wallMs: number;
  readonly rssBytes: number;
  readonly heapUsedBytes: number;
  readonly externalBytes: number;
  /** Event-loop delay beyond its sampling interval. */
  readonly loopDelayP50Ms: number;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
}

/** What else happened on the machine meanwhile. Null where the system does not tell. */
export interface MachineUse {
  /** Share of all processor time that a hypervisor took, 0 to 1. */
  readonly stealShare: number | null;
  /** Processors kept busy by processes that are not part of the trial. */
  readonly othersBusy: number | null;
}

/** Whether a trial may be believed. */
export type Verdict = 'VALID' | 'CONTAMINATED' | 'GENERATOR-LIMITED' | 'INVALID';

/** One trial: one target at one point of a scenario, in one block, on fresh processes. Follows its streams. */
export interface RawTrial {
  readonly kind: 'trial';
  /** From 1, in run order. */
  readonly trial: number;
  readonly scenario: string;
  /** From 1. The unit of statistics. */
  readonly block: number;
  readonly target: string;
  /** What was varied, as shown (`500 streams`); empty when nothing was. */
  readonly point: string;
  /** The same for programs. */
  readonly factors: Readonly<Record<string, string | number>>;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly streams: number;
  readonly tokens: number;
  /** Over the whole trial: from the first request to the last answer. Null where the server is not ours to ask. */
  readonly server: ProcessUse | null;
  /** While all streams ran: their start and the server's warming up are over. Null when there was no such time. */
  readonly steady: { readonly server: ProcessUse; readonly tokens: number } | null;
  readonly generator: ProcessUse;
  /** How late streams were issued, 99th percentile, milliseconds. */
  readonly lagP99Ms: number;
  readonly machine: MachineUse;
  /** Further figures of one scenario, by name, one value a trial (`upBytes`). */
  readonly values: Readonly<Record<string, number>>;
  readonly verdict: Verdict;
  /** Why it is not VALID. */
  readonly reasons: readonly string[];
  /** What is remarkable though it is VALID. */
  readonly flags?: readonly string[];
  /** Where and how tables show it. Without it rows come in run order, as targets of our own. */
  readonly shown?: Shown;
}

/** What a table has to know of a cell, so that it can be made from raw lines alone. */
export interface Shown {
  /** Place of the cell among those of its scenario, from 0. */
  readonly order: number;
  readonly kind: TargetKind;
  /** Key of the ceiling that holds for its reader. */
  readonly ceilingKey: string;
  /** How the target deviates from the others; empty when it does not. */
  readonly note: string;
}
