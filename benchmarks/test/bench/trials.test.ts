/** Real processes, and an instrument that has to find what was done to them. Nothing here depends on how fast they are. */
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import type { RawLine, RawStream, RawTrial } from '../../src/raw/raw.js';
import { timesOf } from '../../src/raw/times.js';
import { DIRECT, knownDelay, type OpenFront } from '../../src/run/front.js';
import { Runner } from '../../src/run/runner.js';
import { plain, streaming } from '../../src/scenarios/loads.js';
import type { Cell, Scenario } from '../../src/scenarios/scenario.js';
import { CONTROLS } from '../../src/targets/controls.js';
import { OURS, ours } from '../../src/targets/ours.js';
import type { Target } from '../../src/targets/target.js';
import { Traces } from '../../src/trace/traces.js';

const traces = new Traces();
afterAll(() => traces.close());

const TRACE = { name: 'test', seed: 3, tokens: 30, tokensPerSecond: 100, ttftMs: 50, jitter: 0.3 } as const;
const LOAD = { trace: TRACE, streams: 4, rampMs: 40, warmUp: 1 } as const;

interface Result {
  readonly trials: readonly RawTrial[];
  readonly streams: readonly RawStream[];
}

/** Runs cells once, in order. */
async function run(
  cells: readonly Cell[],
  { openFront = async () => DIRECT }: { readonly openFront?: OpenFront } = {},
) {
  const lines: RawLine[] = [];
  const laboratory = { traces, openFront, ceiling: {}, signal: new AbortController().signal };
  const runner = new Runner({ laboratory, write: (more) => lines.push(...more) });
  const scenario = { name: 'test', cells: () => cells } as unknown as Scenario;
  await runner.run({ scenario, cells, blocks: [cells] }, () => {});
  // What others did to the machine meanwhile is measured once more: the last one counts.
  const trials = cells.map((_, order) => lines.findLast((line) => line.kind === 'trial' && line.order === order));
  const streams = lines.filter((line) => line.kind === 'stream');
  return { trials: trials as RawTrial[], streams } satisfies Result;
}

function broken(fault: string): Target {
  const script = fileURLToPath(new URL('../support/broken-server.mjs', import.meta.url));
  return {
    name: `broken: ${fault}`,
    kind: 'control',
    needs: [],
    server: () => ({ script, args: [fault] }),
    moments: 'feed',
    driver: 'ndjson',
    options: { opening: 'get' },
    note: '',
  };
}

function streamsOf({ trials, streams }: Result, order: number): readonly RawStream[] {
  return streams.filter(({ trial }) => trial === trials[order]?.trial);
}

/** D of all tokens, in microseconds. */
function deliveriesOf(streams: readonly RawStream[]): readonly number[] {
  const { offsetsUs } = traces.get(TRACE);
  return streams.flatMap((stream) => {
    const { dueUs, arrivalsUs } = timesOf(stream, offsetsUs);
    return arrivalsUs.map((at, token) => at - (dueUs[token] ?? Number.NaN));
  });
}

describe('every target of ours and every control', () => {
  it('carries the trace, and no token comes before it is due', async () => {
    const targets = [...streaming(OURS), ours('batch'), ...CONTROLS];
    const result = await run(targets.map((target) => plain(target, LOAD)));
    for (const [order, target] of targets.entries()) {
      const trial = result.trials[order];
      expect(trial?.verdict, `${target.name}: ${trial?.reasons.join('; ')}`).not.toBe('INVALID');
      const streams = streamsOf(result, order);
      expect(streams).toHaveLength(LOAD.streams);
      expect(trial?.tokens).toBe(LOAD.streams * TRACE.tokens);
      for (const { sha256, slipUs } of streams) {
        expect(sha256).toBe(traces.get(TRACE).textSha256);
        expect(Math.min(...slipUs)).toBeGreaterThanOrEqual(-1);
      }
      expect(Math.min(...deliveriesOf(streams))).toBeGreaterThan(0);
      expect(trial?.server?.cpuUserUs).toBeGreaterThan(0);
    }
  });
});

describe('the instrument finds', () => {
  it('a delay of 40 ms, as 40 ms', async () => {
    const cells = ['proxy', 'proxy+40ms'].map((network) => ({ ...plain(ours('sse'), LOAD), network }));
    const openFront: OpenFront = async ({ network = '' }) => knownDelay(network);
    const result = await run(cells, { openFront });
    const [without = 0, withDelay = 0] = [0, 1].map((order) => Math.min(...deliveriesOf(streamsOf(result, order))));
    // The fastest of 120 tokens met no other work, however busy the machine is.
    expect((withDelay - without) / 1000).toBeGreaterThan(39);
    expect((withDelay - without) / 1000).toBeLessThan(43);
  });

  it.each([
    ['lost', /1 events are missing/],
    ['doubled', /1 events came twice/],
    ['other text', /not that of the trace/],
    ['too short', /events are missing|tokens came/],
    ['dies', /broken: dies ended with status 7 in mid-run|response ended before|aborted|socket hang up/],
  ])('a server that is %s, and gives no figure', async (fault, reason) => {
    const { trials } = await run([plain(broken(fault), LOAD), plain(broken('right'), LOAD)]);
    expect(trials[0]?.verdict).toBe('INVALID');
    expect(trials[0]?.reasons.join('\n')).toMatch(reason);
    // Whoever comes next is measured as if nothing had happened.
    expect(trials[1]?.verdict).not.toBe('INVALID');
  });

  it('a generator that is too slow for its load', async () => {
    const starved = { ...ours('chunked'), driver: 'starved' };
    const cell = { ...plain(starved, { ...LOAD, streams: 8 }), options: { burnMs: 4 } };
    const { trials } = await run([cell]);
    expect(['GENERATOR-LIMITED', 'CONTAMINATED']).toContain(trials[0]?.verdict);
    expect(trials[0]?.reasons.join('\n')).toMatch(/generator|others kept/);
  });

  it('that it is pointless to go on when nothing works', async () => {
    const dying = Array.from({ length: 6 }, () => plain(broken('dies'), LOAD));
    await expect(run(dying)).rejects.toThrow(/trials in a row failed.*broken: dies/s);
  });
});
