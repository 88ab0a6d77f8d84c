import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TraceSummary } from '../raw/manifest.js';
import { makeTrace, recordingOf, type Trace, type TraceSpec } from './trace.js';

/** What is read before the measured streams: long enough to have the code compiled. */
const WARM_UP: TraceSpec = { name: 'warm-up', seed: 1, tokens: 60, tokensPerSecond: 300, ttftMs: 0, jitter: 0.3 };

/** The traces of a run, and a folder with their recordings for the servers. */
export class Traces {
  readonly folder = mkdtempSync(join(tmpdir(), 'tokenwire-traces-'));
  readonly #byName = new Map<string, Trace>();

  constructor() {
    this.get(WARM_UP);
  }

  /** The trace of a specification; drawn and recorded when it is first asked for. */
  get(spec: TraceSpec): Trace {
    const known = this.#byName.get(spec.name);
    if (known) return known;
    const trace = makeTrace(spec);
    writeFileSync(join(this.folder, `${spec.name}.jsonl`), recordingOf(trace));
    this.#byName.set(spec.name, trace);
    return trace;
  }

  /** What a manifest says of them, by hash. */
  summaries(): Readonly<Record<string, TraceSummary>> {
    return Object.fromEntries(
      [...this.#byName.values()].map((trace) => {
        const { sha256, texts: _, ...summary } = trace;
        return [sha256, summary];
      }),
    );
  }

  /** Removes the folder. */
  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
