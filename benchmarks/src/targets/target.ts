import type { TargetKind } from '../report/model.js';

/** What is told to a server that is to be measured. */
export interface ServerSetup {
  /** Folder with the recording `<trace>.jsonl`. */
  readonly recordingsDir: string;
  /** Name of the trace: its recording is `replay/<trace>` for our servers. */
  readonly trace: string;
  /** Streams that will be open at the same time. */
  readonly streams: number;
  /** Flags that a scenario adds to our servers. */
  readonly flags: readonly string[];
}

/** A server program: a script below `benchmarks/dist`, which prints `listening http://127.0.0.1:PORT`. */
export interface ServerProgram {
  readonly script: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Something that streams tokens, and how it is read. */
export interface Target {
  /** As in the tables: `sse`, `node:http`, `Hono SSE`. */
  readonly name: string;
  readonly kind: TargetKind;
  /** Packages it needs beside ours; it is left out, and named, when one is missing. */
  readonly needs: readonly string[];
  readonly server: (setup: ServerSetup) => ServerProgram;
  /** Where the moments come from in which the server had a token: `/generations/:id/timing`, or the feed's own notes. */
  readonly moments: 'timing' | 'feed';
  /** Module of its reader below `benchmarks/dist/drivers`, without `.js`. */
  readonly driver: string;
  /** Passed to the driver: plain data. */
  readonly options: Readonly<Record<string, unknown>>;
  /** How it deviates from the others, for a numbered note in the tables; empty when it does not. */
  readonly note: string;
}
