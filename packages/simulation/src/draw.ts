import type { FlushPolicy } from '@tokenwire/generation-log';
import type { DisconnectPolicy } from '@tokenwire/protocol';
import type { Piece } from '@tokenwire/token-source';

import { Chance } from './chance.js';
import type { AnswerPlan, Application, Kind, Line, Plan, ReaderPlan, Step } from './plan.js';

/** Draws a whole life from its seed. */
export function drawPlan(seed: number): Plan {
  const chance = new Chance(seed, 'plan');
  const answers = Array.from({ length: chance.pick([1, 1, 1, 2, 3]) }, (_, i) => drawAnswer(chance.fork(`a${i}`), i));
  // Most happens while answers run: the time in which steps and readers are spread.
  const spanMs = Math.max(...answers.map(lengthMs)) * chance.pick([0.5, 1, 1.2, 3]) + 100;
  const readers = drawReaders(chance.fork('readers'), answers, spanMs);
  const lateMs = chance.weighted({ '0': 5, '1': 3, '20': 1 });
  return {
    seed,
    answers,
    readers,
    steps: drawSteps(chance.fork('steps'), answers, readers, spanMs),
    limits: {
      retentionMs: chance.pick([2_000, 30_000, 600_000]),
      retentionBytes: chance.pick([4_000, 64 * 1024 * 1024, 64 * 1024 * 1024]),
      maxRunning: chance.pick([1, 200, 200, 200]),
      closeTimeoutMs: chance.pick([50, 1_000]),
      sharedTimers: chance.is(0.5),
      flush: chance.fork('flush').pick<FlushPolicy>(['tick', 'tick', 'tick', 'token', 5, 300]),
    },
    disorder: { lateMs: Number(lateMs), ties: chance.is(0.7), faults: chance.pick([0, 0.05, 0.2, 0.6]) },
  };
}

function lengthMs({ batches }: AnswerPlan): number {
  return batches.reduce((sum, { afterMs }) => sum + afterMs, 0);
}

function drawAnswer(chance: Chance, number: number): AnswerPlan {
  const id = `a${number}`;
  const gapMs = chance.pick([0, 1, 5, 20, 200, 3_000]);
  const bursty = chance.is(0.3);
  const count = chance.pick([0, 1, 3, 10, 25, 40]);
  const batches = Array.from({ length: count }, (_, i) => ({
    afterMs: bursty && i % 5 > 0 ? 0 : gapMs * chance.next() * 2,
    pieces: drawPieces(chance, `${id}:${i} `),
  }));
  // The first batch may be empty: the model has accepted the request.
  if (chance.is(0.3)) batches.unshift({ afterMs: gapMs, pieces: [] });
  return {
    id,
    batches,
    ending: chance.weighted({
      complete: 12,
      refuse: 1,
      error: 2,
      bug: 1,
      truncate: 2,
      stall: 1,
      'throw-after-end': 1,
    }),
    closing: chance.is(0.1) ? 'deaf' : chance.pick([0, 0, 0, 1, 40, 2_000]),
    policy: drawPolicy(chance),
    owner: chance.pick(['', '', 'owner']),
  };
}

function drawPolicy(chance: Chance): DisconnectPolicy {
  const graceMs = chance.pick([0, 30, 1_000, 30_000]);
  return chance.pick<DisconnectPolicy>(['continue', 'cancel', { graceMs }, { graceMs }]);
}

/** Few, or a burst; now and then one that is larger than every buffer. */
function drawPieces(chance: Chance, text: string): Piece[] {
  const pieces = Array.from({ length: chance.pick([1, 1, 1, 2, 8]) }, (): Piece => {
    switch (chance.weighted({ text: 8, thinking: 2, tool: 1 })) {
      case 'thinking':
        return { type: 'thinking', thinking: text };
      case 'tool':
        return { type: 'tool_use', id: 'call', name: 'tool', tokens: 0 };
      default:
        return { type: 'text', text };
    }
  });
  const withInputs = pieces.flatMap((piece): Piece[] =>
    piece.type === 'tool_use' ? [piece, { type: 'tool_input', partialJson: text }] : [piece],
  );
  if (chance.is(0.02)) withInputs.push({ type: 'text', text: text.padEnd(chance.pick([20_000, 70_000]), 'x') });
  return withInputs;
}

function drawReaders(chance: Chance, answers: readonly AnswerPlan[], spanMs: number): ReaderPlan[] {
  return Array.from({ length: chance.pick([1, 1, 2, 3, 5]) }, (_, i): ReaderPlan => {
    const begins = i === 0 || chance.is(0.4) ? 'start' : 'join';
    return {
      id: `r${i}`,
      answer: chance.pick(answers).id,
      kind: drawKind(chance),
      begins,
      atMs: i === 0 || (begins === 'start' && chance.is(0.5)) ? 0 : chance.next() * spanMs,
      line: drawLine(chance),
      application: drawApplication(chance),
      maxAttempts: chance.pick([2, 10]),
    };
  });
}

function drawKind(chance: Chance): Kind {
  return chance.weighted({ stream: 3, 'long-poll': 1, 'short-poll': 1 });
}

function drawLine(chance: Chance): Line {
  const latencyMs = chance.pick([0, 1, 20, 300]);
  return {
    latencyMs,
    jitterMs: chance.is(0.5) ? 0 : latencyMs,
    bytesPerMs: chance.pick([100, 1_000, 100_000, 100_000]),
    windowBytes: chance.pick([500, 65_536, 262_144]),
  };
}

function drawApplication(chance: Chance): Application {
  return {
    pauseEvery: chance.pick([1, 7]),
    pauseMs: chance.weighted({ '0': 6, '3': 1, '100': 1, '40000': 1 }) === '0' ? 0 : chance.pick([3, 100, 40_000]),
    at: chance.int(1, 40),
    deed: chance.weighted({ nothing: 10, throw: 1, leave: 1, stop: 2, 'throw-in-callback': 1 }),
  };
}

function drawSteps(
  chance: Chance,
  answers: readonly AnswerPlan[],
  readers: readonly ReaderPlan[],
  spanMs: number,
): Step[] {
  const count = chance.pick([0, 2, 5, 12]);
  const steps = Array.from({ length: count }, (_, i) => ({
    id: `s${i}`,
    // Some at one moment, because races are what is looked for.
    atMs: chance.is(0.2) ? Math.round(spanMs / 2) : chance.next() * spanMs,
    ...drawDeed(chance, chance.pick(readers).id, chance.pick(answers).id, spanMs),
  }));
  return steps;
}

/** How often each happens, relative to the others. */
const DEEDS = {
  cut: 14,
  outage: 2,
  stop: 3,
  'stop-answer': 2,
  detach: 2,
  abort: 1,
  resume: 6,
  repeat: 2,
  conflict: 1,
  oversleep: 1,
  shutdown: 0.4,
  restart: 0.4,
};

type Deed = Step extends infer S ? (S extends Step ? Omit<S, 'id' | 'atMs'> : never) : never;

function drawDeed(chance: Chance, reader: string, answer: string, spanMs: number): Deed {
  const deed = chance.weighted(DEEDS);
  switch (deed) {
    case 'cut':
      return { do: deed, reader, how: chance.pick(['end', 'reset', 'blackhole']) };
    case 'outage':
      return { do: deed, reader, forMs: chance.pick([10, 1_000, 60_000]) };
    case 'stop':
      return { do: deed, reader, times: chance.pick([1, 1, 2]) };
    case 'detach':
    case 'abort':
      return { do: deed, reader };
    case 'resume':
      return { do: deed, reader, kind: drawKind(chance) };
    case 'oversleep':
      return { do: deed, forMs: chance.pick([spanMs / 10, 1_000, 600_000]) };
    case 'shutdown':
      return { do: deed, drainMs: chance.pick([0, 100, 25_000]) };
    case 'restart':
      return { do: deed };
    default:
      return { do: deed, answer };
  }
}
