import type { StreamEvent, TokenLogprob } from '@tokenwire/protocol';
import { tinyPieces } from '@tokenwire/token-source';
import { describe, expect, test } from 'vitest';
import {
  END_OF_TEXT,
  LEVELS,
  distributionOf,
  levelOf,
  samplerOf,
  type Sampler,
} from '../../web/src/model/distribution.js';
import { TokenIndex } from '../../web/src/model/token-index.js';
import { percent, spokenToken, visibleToken } from '../../web/src/model/words.js';

const TINY = samplerOf('tiny')!;

/** A token and its alternatives, by their probabilities. */
function place(token: string, top: Record<string, number>, own = top[token] ?? 0): TokenLogprob {
  const entries = Object.entries(top).map(([name, p]) => ({ token: name, logprob: Math.log(p) }));
  return { token, logprob: Math.log(own), top: entries };
}

/** Real tokens of the model, with as many alternatives as wanted. */
function spoken(prompt: string, temperature: number, logprobs: number): readonly TokenLogprob[] {
  const request = { model: 'tiny', messages: [{ role: 'user' as const, content: prompt }], maxTokens: 60 };
  const pieces = [...tinyPieces({ ...request, temperature, seed: 5, tools: [], thinking: false, logprobs })];
  return pieces.flatMap((piece) => (piece.type === 'text' ? (piece.logprobs ?? []) : []));
}

const PROMPTS = ['Tell me about lighthouses', 'The lamp', 'xyzzy'];
const TEMPERATURES = [0, 0.1, 0.5, 0.8, 1, 1.3, 2];

describe('what temperature makes of a distribution', () => {
  const known = place('b', { a: 0.5, b: 0.3, c: 0.1 });
  const sharesAt = (temperature: number): number[] =>
    distributionOf(known, 3, temperature, TINY).candidates.map(({ share }) => share);

  test('1 keeps the proportions, 0 gives all to the best, 2 takes roots, ½ squares', () => {
    const scaled = (weights: readonly number[]): number[] => {
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return weights.map((weight) => weight / sum);
    };
    const close = (shares: readonly number[], expected: readonly number[]): void =>
      shares.forEach((share, index) => expect(share).toBeCloseTo(expected[index]!, 12));
    close(sharesAt(1), scaled([0.5, 0.3, 0.1]));
    close(sharesAt(0), [1, 0, 0]);
    close(sharesAt(2), scaled([0.5, 0.3, 0.1].map(Math.sqrt)));
    close(sharesAt(0.5), scaled([0.25, 0.09, 0.01]));
  });

  test('the smallest temperatures and probabilities neither vanish nor become NaN', () => {
    const tiny = place('b', { a: 1e-300, b: 1e-305 });
    expect(distributionOf(tiny, 1, 0.01, TINY).candidates.map(({ share }) => share)).toEqual([1, 0]);
    expect(distributionOf(tiny, 1, 2, TINY).chosen.share).toBeGreaterThan(0);
  });

  test('what is not shown is told: the rest of the probability', () => {
    expect(distributionOf(known, 3, 1, TINY).unknown).toBeCloseTo(0.1, 12);
  });

  test('the chosen one has its rank, its surprise, and its part of the line', () => {
    const { rank, surpriseBits, segment, chosen } = distributionOf(known, 3, 1, TINY);
    expect(rank).toBe(2);
    expect(surpriseBits).toBeCloseTo(-Math.log2(0.3), 12);
    expect(segment[0]).toBeCloseTo(0.5 / 0.9, 12);
    expect(segment[1] - segment[0]).toBeCloseTo(chosen.share, 12);
  });

  test('a chosen one beyond those that are known comes last, without a rank', () => {
    const { rank, candidates, chosen } = distributionOf(place('z', { a: 0.6, b: 0.3 }, 0.01), 3, 1, TINY);
    expect(rank).toBeUndefined();
    expect(candidates.map(({ token }) => token)).toEqual(['a', 'b', 'z']);
    expect(chosen).toBe(candidates[2]);
  });

  test('an answer never begins with its end', () => {
    const first = place('a', { [END_OF_TEXT]: 0.7, a: 0.2, b: 0.1 });
    expect(distributionOf(first, 0, 1, TINY).candidates.map(({ share }) => Math.round(share * 3))).toEqual([0, 2, 1]);
    expect(distributionOf(first, 0, 0, TINY).chosen.share).toBe(1);
    expect(distributionOf(first, 1, 1, TINY).candidates[0]?.share).toBeCloseTo(0.7, 12);
  });
});

describe.each(PROMPTS)('of what tiny says to %j', (prompt) => {
  /** A page that knows all that the sampler knows. */
  const all: Sampler = { ...TINY };

  test.each(TEMPERATURES)(
    'at temperature %d the true share of each token is within what the page says',
    (temperature) => {
      const ten = spoken(prompt, temperature, 10);
      const forty = spoken(prompt, temperature, 40);
      expect(ten.length).toBeGreaterThan(3);
      for (const [index, token] of ten.entries()) {
        const truth = distributionOf(forty[index]!, index, temperature, all).chosen.share;
        const { chosen, leastShare } = distributionOf(token, index, temperature, TINY);
        expect(chosen.share).toBeGreaterThanOrEqual(truth - 1e-9);
        expect(leastShare).toBeLessThanOrEqual(truth + 1e-9);
      }
    },
  );

  test('at temperature 0 everything had to come as it came', () => {
    for (const [index, token] of spoken(prompt, 0, 10).entries()) {
      expect(distributionOf(token, index, 0, TINY).chosen.share).toBe(1);
    }
  });
});

test('steps of likelihood cover everything, and have limits that are in their names', () => {
  expect([1, 0.8, 0.79, 0.5, 0.2, 0.19, 0.05, 0.049, 0].map(levelOf)).toEqual([0, 0, 1, 1, 2, 3, 3, 4, 4]);
  for (const { from, title } of LEVELS.slice(0, -1)) expect(title).toContain(String(from * 100));
});

test.each([
  [1, '100 %'],
  [0.9999, '>99.9 %'],
  [0.5, '50.0 %'],
  [0.012, '1.2 %'],
  [0.0012, '0.12 %'],
  [0.00001, '<0.01 %'],
  [0, '0 %'],
])('%d is written %s', (probability, text) => expect(percent(probability)).toBe(text));

test('everything in a token can be seen, and heard', () => {
  expect([' lamp', '\n\n', '\t', '', '\0\u202e\ud800', END_OF_TEXT].map(visibleToken)).toEqual([
    ...['␣lamp', '↵↵', '⇥', 'nothing', 'U+0000U+202EU+D800', 'end of text'],
  ]);
  expect([' lamp', '  ', '\n', END_OF_TEXT].map(spokenToken)).toEqual(['lamp', 'space', '↵', 'end of text']);
});

test('the index reads each event once, while they come', () => {
  let reads = 0;
  const events: StreamEvent[] = [{ seq: 1, type: 'message_start', id: 'gen_x', model: 'tiny' }];
  const watched = new Proxy(events, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
      return Reflect.get(target, key) as unknown;
    },
  });
  const index = new TokenIndex(watched);
  for (let seq = 2; seq <= 20_001; seq += 1) {
    const logprobs = [place(`t${seq}`, { a: 0.5 }, 0.1)];
    events.push({ seq, type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x' }, logprobs });
    if (seq % 7 === 0) index.update();
  }
  index.update();
  expect([index.model, index.count, index.ended]).toEqual(['tiny', 20_000, false]);
  expect(index.at(19_999)?.token).toBe('t20001');
  expect(index.before(2, 5).map(({ token }) => token)).toEqual(['t2', 't3']);
  events.push({ seq: 20_002, type: 'cancelled', by: 'client' });
  index.update();
  expect([index.ended, index.stopReason, reads]).toEqual([true, undefined, 20_002]);
});
