import type { RunOptions } from './options.js';
import { totalsOf, type Result, type Totals } from './result.js';

/** What `--json` prints. Fields are added, never changed, as long as `version` stays. */
export interface ReportDocument {
  readonly version: 1;
  /** The server under test; null when `--launch` could not start it. */
  readonly url: string | null;
  readonly mode: RunOptions['mode'];
  /** Version of Node that the kit ran on. */
  readonly node: string;
  readonly durationMs: number;
  /** Why nothing was asked; then `requirements` is empty and the exit status 2. */
  readonly error?: string;
  readonly requirements: readonly Result[];
  readonly totals: Totals;
}

interface Outcome {
  readonly url: string | undefined;
  readonly results?: readonly Result[];
  readonly error?: string;
  readonly durationMs: number;
}

/** One JSON document with a line end. */
export function documentOf({ mode }: RunOptions, { url, results = [], error, durationMs }: Outcome): string {
  const document: ReportDocument = {
    version: 1,
    url: url ?? null,
    mode,
    node: process.version,
    durationMs: Math.round(durationMs),
    ...(error === undefined ? {} : { error }),
    requirements: results,
    totals: totalsOf(results),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
