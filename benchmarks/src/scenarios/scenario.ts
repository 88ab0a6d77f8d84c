import type { Metric, TrialValues } from '../metrics/metric.js';
import type { ProcessUse, RawStream, RawTrial } from '../raw/raw.js';
import type { Expected } from '../run/streams.js';
import type { LabReport, ScenarioReport } from '../report/model.js';
import type { Target } from '../targets/target.js';
import type { TraceSpec } from '../trace/trace.js';

/** How much is measured. */
export type Size = 'quick' | 'full';

/** One trial to come: a target at a point. A block holds each cell once, in random order. */
export interface Cell {
  readonly target: Target;
  /** As shown: `500 streams`; empty when nothing is varied. */
  readonly point: string;
  readonly factors: Readonly<Record<string, string | number>>;
  readonly load: Load;
  /** Flags for our servers. */
  readonly flags?: readonly string[];
  /** Passed to the driver beside the target's own options. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Network profile between server and generator, default `loopback`. See `networks/`. */
  readonly network?: string;
  /** Proxy in front of the server, default none. See `proxies/`. */
  readonly proxy?: string;
  /** Text that streams have to carry: default `whole`; `prefix` where they are stopped on purpose. */
  readonly expected?: Expected;
}

/** What the generator does in a trial. Open loop: streams begin when the plan says so. */
export interface Load {
  readonly trace: TraceSpec;
  readonly streams: number;
  /** Time over which the starts are spread, in milliseconds. */
  readonly rampMs: number;
  /** Streams read before the measured ones. */
  readonly warmUp: number;
  /** Default `cold`: warming up happens on connections of its own. `warm`: its connections are used again. */
  readonly connections?: 'cold' | 'warm';
}

/** What a cell left behind: what the harness writes to `raw.jsonl`. */
export interface Measured {
  readonly streams: readonly RawStream[];
  readonly trial: RawTrial;
}

/** A server that a scenario has asked for, on a port of its own, ready. */
export interface StartedServer {
  /** Base URL. */
  readonly url: string;
  readonly pid: number;
  /** Aborts, with the reason, when the process ends without having been told to. */
  readonly died: AbortSignal;
  /** What it has used since it was started or last asked, and the memory it needs after collecting garbage. */
  use(): Promise<ProcessUse>;
  /** Ends it; settles when it is gone. Harmless when it is gone already. */
  stop(): Promise<void>;
}

/** What a scenario's own way of measuring leaves behind. The runner adds what it knows: when, how long, what was used. */
export interface OwnResult {
  /** As in `RawTrial.values`. */
  readonly values: Readonly<Record<string, number>>;
  /** Default none. */
  readonly streams?: readonly RawStream[];
  /** Answers and tokens that were read; default those of `streams`. */
  readonly answers?: number;
  readonly tokens?: number;
  /** Why it may not be believed; it is INVALID when there is a reason. Default none. */
  readonly invalid?: readonly string[];
}

/** What the runner lends to a scenario that measures in a way of its own. It ends everything that was started. */
export interface RunContext {
  /** Number of the trial, from 1. */
  readonly trial: number;
  /** From 1. */
  readonly block: number;
  /** Aborts when the measurement is interrupted. */
  readonly signal: AbortSignal;
  /**
   * Starts the cell's server as every trial starts it: fresh, pinned, with the recording of the cell's trace, the cell's
   * flags, and its network and proxy in front. A cell may have several, one after the other.
   * @param options `env` is added to the server's environment; `command` is put before `node` (`['strace', '-c']`).
   * @throws when it does not come to listen.
   */
  startServer(
    cell: Cell,
    options?: { readonly env?: Readonly<Record<string, string>>; readonly command?: readonly string[] },
  ): Promise<StartedServer>;
  /** Measures the cell in the usual way: a server and a generator process of its own. */
  load(cell: Cell): Promise<Measured>;
  /** Puts a trial together around a result, with what the runner itself used since the scenario's `run` was called. */
  measured(cell: Cell, result: OwnResult): Measured;
}

/** A question, and the trials that answer it. One file each. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  /** Blocks; default those of the plan. Fewer than six are not compared. */
  readonly blocks?: (size: Size) => number;
  readonly cells: (size: Size, targets: readonly Target[]) => readonly Cell[];
  /** Metrics of its table, in order. */
  readonly columns: readonly string[];
  /** Name of the target that the others are compared with, at the same point; null when nothing is compared. */
  readonly reference: string | null;
  /** Metrics that are compared; default all columns. */
  readonly compared?: readonly string[];
  /** Factor on the x axis, for a curve. */
  readonly axis?: string;
  /** It asks about one kind of answer, and may play a recorded one instead (`--recording`). Default false. */
  readonly recordable?: boolean;
  /** An answer that does not arrive is a result here, not a mistake. Default false. */
  readonly mayBreak?: boolean;
  /** Measures a cell in a way of its own; default the usual one, `context.load(cell)`. */
  readonly run?: (cell: Cell, context: RunContext) => Promise<Measured>;
  /** Metrics of its own, beside those of the registry. */
  readonly metrics?: readonly Metric[];
  /** Series beside the standard ones (see `metrics/`). */
  readonly series?: (trial: RawTrial, streams: readonly RawStream[]) => TrialValues;
  /** What the figures say. Computed, never written by hand. */
  readonly answer: (report: ScenarioReport, all: LabReport) => string;
  readonly notes: readonly string[];
}
