/**
 * Raw lines of runs that never happened, with the noise of a real machine in them: slow and fast blocks, slow and fast
 * processes, a tail of late tokens. What is in them is known, so that tests can ask whether it is found.
 */
import { seededRandom } from '@tokenwire/token-source';

import type { Manifest } from '../../src/raw/manifest.js';
import { METHODOLOGY, type ProcessUse, type RawLine, type RawStream, type RawTrial } from '../../src/raw/raw.js';
import type { Scenario } from '../../src/scenarios/scenario.js';
import { makeTrace, type Trace } from '../../src/trace/trace.js';
import { trialVerdict } from '../../src/verdict/trial.js';

/** A target of a synthetic run. */
export interface Fake {
  readonly name: string;
  /** Added to each token's way, in microseconds; 0 where nothing is injected. */
  readonly delayUs?: (token: number) => number;
  /** Tokens are held back until so many are there. */
  readonly buffered?: number;
  /** Last change to a stream. */
  readonly stream?: (stream: RawStream) => RawStream;
  /** Last change to a trial, before it is judged. */
  readonly trial?: (trial: Unjudged) => Unjudged;
}

type Unjudged = Omit<RawTrial, 'verdict' | 'reasons'>;

export interface FakeRun {
  readonly seed: number;
  readonly targets: readonly Fake[];
  readonly scenario?: string;
  readonly blocks?: number;
  readonly streams?: number;
  /** How uneven the model is: standard deviation of a gap as a share of its mean. */
  readonly modelJitter?: number;
  /** 0: a machine without any noise. Default 1. */
  readonly noise?: number;
}

export const TOKENS = 40;

const traces = new Map<number, Trace>();

/** The trace that synthetic runs play. Drawn once. */
export function traceOf(modelJitter = 0.3): Trace {
  const trace = traces.get(modelJitter) ?? drawTrace(modelJitter);
  traces.set(modelJitter, trace);
  return trace;
}

function drawTrace(modelJitter: number): Trace {
  return makeTrace({
    name: 'synthetic',
    seed: 7,
    tokens: TOKENS,
    tokensPerSecond: 50,
    ttftMs: 100,
    jitter: modelJitter,
  });
}

/** All lines of a run, in run order. */
export function fakeRun(run: FakeRun): RawLine[] {
  const { seed, targets, blocks = 6, streams = 20, scenario = 'fake', noise = 1 } = run;
  const trace = traceOf(run.modelJitter);
  const chance = new Chance(seed, noise);
  const lines: RawLine[] = [{ kind: 'manifest', methodology: METHODOLOGY, manifest: manifestOf(seed, trace) }];
  let trial = 0;
  for (let block = 1; block <= blocks; block += 1) {
    // A block has its own weather, which all of its trials share; each process has its own luck.
    const weather = chance.logNormal(0.15);
    for (const [order, target] of targets.entries()) {
      trial += 1;
      const luck = weather * chance.logNormal(0.05);
      const own = Array.from({ length: streams }, (_, index) => {
        const stream = fakeStream({ trial, index, luck }, target, trace, chance);
        return target.stream ? target.stream(stream) : stream;
      });
      lines.push(...own, fakeTrial({ trial, block, order, scenario, luck }, target, own));
    }
  }
  return lines;
}

class Chance {
  readonly #random: () => number;
  readonly #noise: number;

  constructor(seed: number, noise: number) {
    this.#random = seededRandom(seed);
    this.#noise = noise;
  }

  /** Median 1. */
  logNormal(sigma: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    return Math.exp(sigma * this.#noise * normal);
  }

  /** Microseconds of a stall, which one token in a hundred meets. */
  stall(): number {
    return this.#random() < 0.01 ? this.#noise * this.#random() * 8_000 : 0;
  }
}

function fakeStream(
  { trial, index, luck }: { readonly trial: number; readonly index: number; readonly luck: number },
  { delayUs = () => 0, buffered = 1 }: Fake,
  trace: Trace,
  chance: Chance,
): RawStream {
  const dueStartUs = Math.round(900 * luck * chance.logNormal(0.2));
  const slipUs = trace.offsetsUs.map(() => Math.round(500 * luck * chance.logNormal(0.4)));
  const directUs = trace.offsetsUs.map(
    (_, token) => 400 * luck * chance.logNormal(0.5) + chance.stall() + delayUs(token),
  );
  const writtenUs = trace.offsetsUs.map((due, token) => dueStartUs + due + (slipUs[token] ?? 0));
  // A reader gets tokens in order: none is earlier than the one before it.
  let lastUs = 0;
  const arrivalsUs = writtenUs.map((_, token) => {
    const until = Math.min(TOKENS - 1, Math.ceil((token + 1) / buffered) * buffered - 1);
    lastUs = Math.max(lastUs, Math.round((writtenUs[until] ?? 0) + (directUs[until] ?? 0)));
    return lastUs;
  });
  const chunkTokens: number[] = [];
  for (const [token, at] of arrivalsUs.entries()) {
    if (token > 0 && at === arrivalsUs[token - 1]) chunkTokens[chunkTokens.length - 1] = (chunkTokens.at(-1) ?? 0) + 1;
    else chunkTokens.push(1);
  }
  return {
    kind: 'stream',
    trial,
    index,
    scheduledMs: 1_000 * trial + 10 * index,
    startUs: Math.round(100 * chance.logNormal(0.3)),
    headersUs: dueStartUs + 300,
    firstByteUs: arrivalsUs[0] ?? null,
    endUs: (arrivalsUs.at(-1) ?? 0) + 200,
    trace: trace.sha256,
    dueStartUs,
    slipUs,
    transportUs: arrivalsUs.map((at, token) => at - (writtenUs[token] ?? 0)),
    chunkTokens,
    sha256: trace.textSha256,
    requests: 1,
    reconnects: 0,
    lost: 0,
    doubled: 0,
  };
}

interface Place {
  readonly trial: number;
  readonly block: number;
  readonly order: number;
  readonly scenario: string;
  readonly luck: number;
}

function fakeTrial(
  { trial, block, order, scenario, luck }: Place,
  { name, trial: change = (same) => same }: Fake,
  streams: readonly RawStream[],
): RawTrial {
  const tokens = streams.reduce((sum, { transportUs }) => sum + transportUs.length, 0);
  const unjudged = change({
    kind: 'trial',
    trial,
    scenario,
    block,
    target: name,
    point: '',
    factors: {},
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 3_000,
    streams: streams.length,
    tokens,
    server: useOf(Math.round(40 * luck * tokens)),
    steady: { server: useOf(Math.round(15 * luck * tokens)), tokens: Math.round(tokens / 2) },
    generator: useOf(Math.round(50 * luck * tokens)),
    lagP99Ms: 0.4,
    machine: { stealShare: 0, othersBusy: 0.05 },
    values: {},
    shown: { order, kind: 'ours', ceilingKey: name, note: '' },
  });
  return { ...unjudged, ...trialVerdict(unjudged, { problems: [], ceilingTokensPerSecond: null, streams }) };
}

/** What a process used that is far from its limits. */
export function useOf(cpuUs: number): ProcessUse {
  return {
    cpuUserUs: Math.round(cpuUs * 0.75),
    cpuSystemUs: Math.round(cpuUs * 0.25),
    wallMs: 2_000,
    rssBytes: 80 * 2 ** 20,
    heapUsedBytes: 20 * 2 ** 20,
    externalBytes: 4 * 2 ** 20,
    loopDelayP50Ms: 0.1,
    loopDelayP99Ms: 1.5,
    loopDelayMaxMs: 6,
  };
}

function manifestOf(seed: number, { sha256, texts, ...summary }: Trace): Manifest {
  if (texts.length !== summary.tokens) throw new Error('a token is a text');
  return {
    createdAt: '2026-01-01T00:00:00.000Z',
    plan: 'fake',
    seed,
    blocks: 6,
    commit: null,
    node: 'v20.19.0',
    v8: '11',
    platform: 'linux',
    arch: 'x64',
    osRelease: '6',
    cpuModel: 'none',
    cpuCount: 2,
    memoryBytes: 2 ** 32,
    pinned: null,
    versions: {},
    missing: [],
    networks: {},
    traces: { [sha256]: summary },
    argv: [],
  };
}

/** A scenario for synthetic runs. */
export function fakeScenario(changes: Partial<Scenario> = {}): Scenario {
  return {
    name: 'fake',
    title: 'Fake',
    question: 'Is what is in there found?',
    cells: () => [],
    columns: ['delivery.p50', 'delivery.p99', 'ttft.p50', 'itl.p50', 'ttlt.p50', 'serverCpu.median'],
    reference: 'a',
    answer: ({ rows }) => `${rows.length} rows`,
    notes: [],
    ...changes,
  };
}
