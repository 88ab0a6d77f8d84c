import { seededRandom } from '@tokenwire/token-source';

import { shuffled } from '../compare/order.js';
import type { Cell, Scenario, Size } from '../scenarios/scenario.js';
import type { Target } from '../targets/target.js';
import type { TraceSpec } from '../trace/trace.js';

/** Blocks that a comparison takes: with five, all of the same sign happen by chance in 6 % of all cases. */
export const DEFAULT_BLOCKS = 6;

export interface PlanOptions {
  readonly size: Size;
  readonly seed: number;
  /** Blocks of scenarios that do not say otherwise. */
  readonly blocks: number;
  readonly targets: readonly Target[];
  /** Played by the scenarios that take one (`recordable`). Default: every scenario draws its own. */
  readonly recording?: TraceSpec | undefined;
}

/** One scenario with everything that will be measured for it, in order. */
export interface ScenarioPlan {
  readonly scenario: Scenario;
  /** All cells, in the order of its tables. */
  readonly cells: readonly Cell[];
  /** Each block holds every cell once, in an order of its own. */
  readonly blocks: readonly (readonly Cell[])[];
}

/**
 * Randomised, interleaved blocks: whatever drifts (heat, neighbours, caches) meets all cells alike. A pure function of
 * the seed.
 */
export function planOf(scenario: Scenario, { size, seed, blocks, targets, recording }: PlanOptions): ScenarioPlan {
  const recorded = scenario.recordable ? recording : undefined;
  const cells = scenario.cells(size, targets).map((cell) => playing(cell, recorded ?? reseeded(cell.load.trace, seed)));
  const random = seededRandom(seed ^ hashOf(scenario.name));
  const count = scenario.blocks?.(size) ?? blocks;
  return { scenario, cells, blocks: Array.from({ length: count }, () => shuffled(cells, random)) };
}

/** The seed that scenarios write down; another one of the run shifts all traces alike. */
const WRITTEN_SEED = 7;

function reseeded(trace: TraceSpec, seed: number): TraceSpec {
  return { ...trace, seed: trace.seed + seed - WRITTEN_SEED };
}

function playing(cell: Cell, trace: TraceSpec): Cell {
  return { ...cell, load: { ...cell.load, trace } };
}

/** What a cell takes beside its own answers: two processes, the warm-up, asking for moments, ending. */
const OVERHEAD_MS = 1_600;

/** How long a cell will take, roughly, in milliseconds. */
export function expectedMs({ load: { trace, rampMs } }: Cell): number {
  return trace.ttftMs + (trace.tokens / trace.tokensPerSecond) * 1000 + rampMs + OVERHEAD_MS;
}

/** So that scenarios of one run do not share an order. FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
