import { describe, expect, test } from 'vitest';
import {
  type DancePlace,
  STEPS,
  endSentence,
  nextPlace,
  previousPlace,
  sentenceOf,
} from '../../web/src/model/dance-steps.js';
import { distributionOf, samplerOf } from '../../web/src/model/distribution.js';

const START: DancePlace = { token: 0, step: 0 };
const TINY = samplerOf('tiny');

describe('the dance', () => {
  test('goes through every step of every token to the end, and back the same way', () => {
    const known = { count: 3, ended: true };
    const way: DancePlace[] = [START];
    for (let place = nextPlace(START, known); place; place = nextPlace(place, known)) way.push(place);
    expect(way).toHaveLength(3 * STEPS.length + 1);
    expect(way.at(-1)).toEqual({ token: 3, step: 0 });
    const back: DancePlace[] = [way.at(-1)!];
    for (let place = previousPlace(way.at(-1)!); place; place = previousPlace(place)) back.push(place);
    expect(back.toReversed()).toEqual(way);
  });

  test('waits for a token that has not come, and goes on when it comes', () => {
    const last = { token: 2, step: STEPS.length - 1 };
    expect(nextPlace(last, { count: 3, ended: false })).toBeUndefined();
    expect(nextPlace(last, { count: 4, ended: false })).toEqual({ token: 3, step: 0 });
  });
});

describe('what is said of a step', () => {
  const top = [' a', ' b', '<|endoftext|>'].map((token, index) => ({ token, logprob: Math.log(0.6 / 2 ** index) }));
  const token = { token: ' b', logprob: Math.log(0.3), top };
  const say = (step: (typeof STEPS)[number], temperature = 1, index = 9, chosen = token): string =>
    sentenceOf(step, {
      ...{ index, contextTokens: 5, temperature, sampler: TINY },
      distribution: distributionOf(chosen, index, temperature, TINY),
    });

  test('tells how far the model looks back', () => {
    expect(say('context')).toContain('the last 5 tokens');
    expect(say('context', 1, 1)).toContain('the last token');
    expect(say('context', 1, 0)).toContain('still empty');
  });

  test('does not claim to know what it does not', () => {
    expect(say('distribution')).toContain('the page knows the 3 below');
    expect(say('draw')).toContain('from 0.571 to 0.857; where in it, the page does not know');
    const beyond = { token: ' z', logprob: Math.log(0.01), top };
    expect(say('draw', 1, 9, beyond)).toContain('behind the tokens that the page knows');
    expect(endSentence('end_turn', TINY)).toContain('not told');
  });

  test('tells what temperature does, and that 0 draws nothing', () => {
    expect(say('temperature', 0.5)).toMatch(/power of 1 ⁄ 0.5: the likely ones grow/);
    expect(say('temperature', 1.5)).toContain('come closer');
    expect(say('temperature', 1)).toContain('as they are');
    expect(say('draw', 0)).toContain('Nothing is drawn');
  });

  test('tells how the answer ended', () => {
    expect(endSentence('max_tokens', TINY)).toContain('would have gone on');
    expect(endSentence(undefined, TINY)).toContain('from outside');
  });
});
