import type { Manifest } from '../../src/raw/manifest.js';
import { METHODOLOGY, type Verdict } from '../../src/raw/raw.js';
import type { Estimate, LabReport, Row, ScenarioReport } from '../../src/report/model.js';

/** A value, or a value with its interval. */
export type Value = number | readonly [value: number, low: number, high: number];

/** A row in short. */
export interface ShortRow {
  readonly target: string;
  readonly point?: string;
  readonly factors?: Row['factors'];
  readonly verdict?: Verdict;
  readonly reasons?: readonly string[];
  readonly values: Readonly<Record<string, Value>>;
}

const MANIFEST: Manifest = {
  createdAt: '2026-01-02T03:04:05.000Z',
  plan: 'full',
  seed: 7,
  blocks: 6,
  commit: null,
  node: 'v20.19.0',
  v8: '11',
  platform: 'linux',
  arch: 'x64',
  osRelease: '6',
  cpuModel: 'none',
  cpuCount: 2,
  memoryBytes: 0,
  pinned: null,
  versions: {},
  missing: [],
  networks: {},
  traces: {},
  argv: [],
};

/** A report of scenarios with rows in short, for tests. The figures are made up. */
export function labReport(
  scenarios: Readonly<Record<string, readonly ShortRow[]>>,
  manifest: Partial<Manifest> = {},
): LabReport {
  return {
    methodology: METHODOLOGY,
    manifest: { ...MANIFEST, ...manifest },
    metrics: {},
    instrument: { aa: null, ceiling: {}, floor: {}, knownDelay: null, secondOpinion: null },
    scenarios: Object.entries(scenarios).map(([name, rows]) => scenarioOf(name, rows)),
    excluded: [],
    replay: [],
  };
}

function scenarioOf(name: string, rows: readonly ShortRow[]): ScenarioReport {
  return {
    ...{
      name,
      title: name,
      question: '',
      answer: '',
      reference: null,
      columns: [],
      comparisons: [],
      notes: [],
      axis: null,
    },
    rows: rows.map(rowOf),
  };
}

function rowOf({ target, point = '', factors = {}, verdict = 'VALID', reasons = [], values }: ShortRow): Row {
  return {
    ...{ target, kind: 'ours', point, factors, verdict, reasons, streams: 300, tokens: 30_000, blocks: 6 },
    values: Object.fromEntries(Object.entries(values).map(([id, value]) => [id, estimateOf(value)])),
    deliveryPercentilesMs: [],
  };
}

function estimateOf(given: Value): Estimate {
  const [value, low, high] = typeof given === 'number' ? [given, null, null] : given;
  return { value, low, high, samples: 300, streams: 300, blocks: 6, sampleOnly: false };
}
