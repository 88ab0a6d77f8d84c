import { describe, expect, it } from 'vitest';
import { parsePassages, readCorpus } from '../src/tiny/corpus.js';
import { encodeText, Vocabulary } from '../src/tiny/tokenizer.js';

const passages = readCorpus();
const wordCount = passages.reduce((sum, { text }) => sum + text.split(/\s+/).length, 0);
const countOf = (part: string, whole: string): number => whole.split(part).length - 1;

describe('the corpus', () => {
  it('has at least 8 000 words, prompts not counted', () => {
    expect(wordCount).toBeGreaterThanOrEqual(8_000);
  });

  it('tells the truth about its size', () => {
    const claim = passages.find(({ text }) => text.includes('more than thirteen thousand words'));
    expect(claim).toBeDefined();
    expect(Math.floor(wordCount / 1000)).toBe(13);
  });

  it('has no paragraph and no prompt twice', () => {
    const paragraphs = passages.flatMap(({ text }) => text.split(/\n\s*\n/));
    expect(paragraphs.length).toBeGreaterThan(passages.length);
    expect(paragraphs.filter((paragraph, i) => paragraphs.indexOf(paragraph) !== i)).toEqual([]);
    const prompts = passages.map(({ prompt }) => prompt);
    expect(prompts.filter((prompt, i) => prompts.indexOf(prompt) !== i)).toEqual([]);
  });

  it('hardly repeats a phrase: few runs of twelve words occur twice', () => {
    const words = passages
      .map(({ text }) => text)
      .join(' ')
      .split(/\s+/);
    const runs = words.slice(11).map((_, i) => words.slice(i, i + 12).join(' '));
    expect((runs.length - new Set(runs).size) / runs.length).toBeLessThan(0.005);
  });

  it('answers every prompt with finished sentences', () => {
    for (const { prompt, text } of passages) {
      expect(prompt, text).not.toBe('');
      expect(text, prompt).toMatch(/^[A-Z][^]*[.?]$/);
    }
  });

  it('is made of whole characters only, so that no token is half a character', () => {
    const vocabulary = new Vocabulary();
    for (const { text } of passages) {
      const tokens = vocabulary.learn(text);
      expect(tokens.map((token) => vocabulary.textOf(token)).join('')).toBe(text);
    }
    expect(countOf('\uFFFD', passages.map(({ text }) => text).join(''))).toBe(0);
    expect(vocabulary.size).toBeLessThan(encodeText(passages.map(({ text }) => text).join('\n')).length / 4);
  });
});

describe('parsePassages', () => {
  it('opens a passage at each prompt and keeps empty lines between paragraphs', () => {
    expect(parsePassages('left out\n> One?\nFirst.\n\nSecond.\n\n> Two\r\nThird: 1 > 0.\r\n')).toEqual([
      { prompt: 'One?', text: 'First.\n\nSecond.' },
      { prompt: 'Two', text: 'Third: 1 > 0.' },
    ]);
  });
});
