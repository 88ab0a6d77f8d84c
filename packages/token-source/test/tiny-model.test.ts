import { describe, expect, it } from 'vitest';
import { seededRandom } from '../src/random.js';
import { Attention } from '../src/tiny/attention.js';
import { CONTEXT_TOKENS } from '../src/tiny/context-tree.js';
import { readCorpus } from '../src/tiny/corpus.js';
import { LanguageModel } from '../src/tiny/language-model.js';
import { sample } from '../src/tiny/sample.js';
import { loadTiny, TOP_K } from '../src/tiny/tiny.js';
import { UNKNOWN, Vocabulary } from '../src/tiny/tokenizer.js';

const { END } = Vocabulary;
const { model, attention } = loadTiny();
const { vocabulary } = model;
const nothing = attention.weigh([]);
const sea = attention.weigh([{ content: 'Tell me about the sea' }]);
const historyOf = (text: string): number[] => [END, ...vocabulary.tokensOf(text)];
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);

const HISTORIES: readonly (readonly [string, readonly number[]])[] = [
  ['nothing at all', []],
  ['the start of an answer', [END]],
  ['a frequent word', historyOf('Then the')],
  ['a phrase of the corpus', historyOf('The keeper lives in the')],
  ['words never seen together', historyOf('soup proxy lighthouse token')],
  ['an unknown token', [END, UNKNOWN]],
];

describe('the distribution', () => {
  it.each(HISTORIES)('sums to 1 and has nothing negative after %s', (_, history) => {
    for (const weights of [nothing, sea]) {
      const all = model.distribution(history, weights);
      expect(all).toHaveLength(vocabulary.size);
      expect(sum(all)).toBeCloseTo(1, 10);
      expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    }
  });

  it('gives every token of the corpus a chance, whatever came before', () => {
    const all = model.distribution(historyOf('The keeper lives in the'), nothing);
    expect(Math.min(...all)).toBeGreaterThan(0);
  });

  it('depends on the last words, up to the length of the context and no further', () => {
    const after = (text: string): number[] => [...model.distribution(historyOf(text), nothing)];
    expect(after('a cup of')).not.toEqual(after('a piece of'));
    expect(after(' If the keeper')).not.toEqual(after(' said the keeper'));
    const tail = vocabulary.tokensOf('and the lamp and the').slice(-CONTEXT_TOKENS);
    const far = [...model.distribution([END, ...vocabulary.tokensOf('bread'), ...tail], nothing)];
    expect(tail).toHaveLength(CONTEXT_TOKENS);
    expect([...model.distribution([END, ...vocabulary.tokensOf('soup'), ...tail], nothing)]).toEqual(far);
  });

  it('depends on the prompt by attention', () => {
    const snow = attention.weigh([{ content: 'Tell me about the snow' }]);
    const chance = (token: string, history: readonly number[], weights: Float64Array): number =>
      model.distribution(history, weights)[vocabulary.tokensOf(token)[0]!]!;
    // The text about the snow begins with `In the night` and has `over the beans and the onions`.
    for (const [token, history] of [
      ['In', [END]],
      [' onions', historyOf('beans and the')],
    ] as const) {
      expect(chance(token, history, snow), token).toBeGreaterThan(2 * chance(token, history, nothing));
    }
  });

  it('is the Witten–Bell formula, worked out by hand for two sentences', () => {
    const small = new LanguageModel([
      { prompt: '', text: 'the cat sat' },
      { prompt: '', text: 'the cat ran' },
    ]);
    const history = [END, ...small.vocabulary.tokensOf('the cat')];
    const [sat] = small.vocabulary.tokensOf(' sat');
    // Eight places to predict (six words, two ends); the contexts `cat`, `the cat`, `END the cat` were seen
    // twice and followed by two different tokens; β is 0.02, 0.1 and 1.
    const expected = (share: number): number =>
      [0.02, 0.1, 1].reduce((shorter, beta) => (2 * share + beta * 2 * shorter) / (2 + beta * 2), 1 / 8);
    expect(small.distribution(history, Float64Array.of(1, 1))[sat!]).toBeCloseTo(expected(1 / 2), 12);
    expect(small.distribution(history, Float64Array.of(3, 1))[sat!]).toBeCloseTo(expected(3 / 4), 12);
  });
});

describe('predict', () => {
  it.each(HISTORIES)('finds the most likely tokens of the whole distribution after %s', (_, history) => {
    for (const count of [1, 5, TOP_K, vocabulary.size]) {
      const sorted = [...model.distribution(history, sea)].sort((a, b) => b - a).slice(0, count);
      expect(model.predict(history, sea, count).map(({ probability }) => probability)).toEqual(sorted);
    }
  });

  it('gives each token its own probability', () => {
    const all = model.distribution(historyOf('Then the'), sea);
    const best = model.predict(historyOf('Then the'), sea, TOP_K);
    expect(best).toHaveLength(TOP_K);
    for (const { token, probability } of best) expect(probability).toBe(all[token]);
  });
});

describe('sourcesOf', () => {
  it('names the passages that the longest context leads to', () => {
    const text = (passage: number): string => readCorpus()[passage]!.text;
    const sources = model.sourcesOf(historyOf('ninety-one'), vocabulary.tokensOf(' steps')[0]!);
    expect(sources.map(text)).toEqual([expect.stringContaining('ninety-one steps')]);
    expect(model.sourcesOf([END, UNKNOWN], END)).toEqual([]);
  });
});

describe('sample', () => {
  const candidates = [0.5, 0.2, 0.1].map((probability, token) => ({ token, probability }));
  const shares = (temperature: number): number[] => {
    const random = seededRandom(1);
    const counts = [0, 0, 0];
    for (let i = 0; i < 50_000; i++) counts[sample(candidates, temperature, random).token]! += 1 / 50_000;
    return counts;
  };

  it.each([0.5, 1, 2])('draws in proportion to p^(1/t) at temperature %d', (temperature) => {
    const powers = candidates.map(({ probability }) => probability ** (1 / temperature));
    for (const [token, share] of shares(temperature).entries()) {
      expect(share).toBeCloseTo(powers[token]! / sum(powers), 1.7);
    }
  });

  it('takes the most likely at temperature 0, without a random number, and as good as always just above', () => {
    const never = (): number => {
      throw new Error('not needed');
    };
    expect(sample(candidates, 0, never)).toBe(candidates[0]);
    expect(shares(1e-6)).toEqual([expect.closeTo(1, 6), 0, 0]);
  });

  it('stays within its candidates for every random number, and refuses to choose from none', () => {
    expect(sample(candidates, 1, () => 0)).toBe(candidates[0]);
    expect(sample(candidates, 1, () => 1 - Number.EPSILON)).toBe(candidates[2]);
    expect(() => sample([], 1, () => 0)).toThrow(RangeError);
  });
});

describe('attention', () => {
  const passages = [
    { prompt: 'How do I make soup?', text: 'Take an onion and a pot.' },
    { prompt: 'How are you?', text: 'I am as well as a pot.' },
    { prompt: 'What is <unknown>?', text: 'I have not read about it.' },
    { prompt: 'A lighthouse', text: 'It stands on a rock.' },
  ];
  const small = new Attention(passages);
  const bestFor = (...contents: string[]): number => {
    const weights = small.weigh(contents.map((content) => ({ content })));
    return weights.indexOf(Math.max(...weights));
  };

  it('looks at the passage that shares the rare words of the prompt', () => {
    expect(bestFor('Soup!')).toBe(0);
    expect(bestFor('onions')).toBe(0);
    expect(bestFor('a pot, a rock')).toBe(3);
    expect(bestFor('LIGHTHOUSES')).toBe(3);
    expect(bestFor('I do say, how are you')).toBe(1);
  });

  it('looks for unknown words where they are expected', () => {
    expect(bestFor('你好')).toBe(2);
    expect(bestFor('👍')).toBe(2);
  });

  it('counts the last message more than those before', () => {
    expect(bestFor('Soup', 'Lighthouse')).toBe(3);
    expect(bestFor('Lighthouse', 'Soup')).toBe(0);
    expect(bestFor('Lighthouse', '…')).toBe(3);
  });

  it('is the same everywhere without words', () => {
    for (const messages of [[], [{ content: '' }], [{ content: ' ?! \n' }]]) {
      expect(small.weigh(messages)).toEqual(Float64Array.of(1, 1, 1, 1));
    }
  });
});
