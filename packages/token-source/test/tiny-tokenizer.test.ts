import { describe, expect, it } from 'vitest';
import { encodeText, tokenizePrompt, UNKNOWN, Vocabulary } from '../src/tiny/tokenizer.js';

describe('encodeText', () => {
  it('gives GPT-2’s tokens', () => {
    expect(encodeText('Hello world')).toEqual([15496, 995]);
    expect(encodeText('')).toEqual([]);
  });

  it('takes control tokens in a prompt for plain text', () => {
    expect(encodeText('<|endoftext|>')).not.toContain(50256);
    expect(tokenizePrompt('<|endoftext|>').join('')).toBe('<|endoftext|>');
  });

  it.each([
    ['one letter', 'a'.repeat(100_000)],
    ['one sign', '!'.repeat(100_000)],
    ['spaces', ' '.repeat(100_000)],
    ['newlines', '\n'.repeat(100_000)],
    ['Chinese without spaces', '中文'.repeat(50_000)],
    ['emoji with modifiers', '👍🏽'.repeat(25_000)],
  ])('takes time in proportion to the length of a run of %s, and loses nothing', (_, text) => {
    const started = performance.now();
    const shown = tokenizePrompt(text);
    // Without cutting, the slowest of these takes half a minute; with it, some 20 ms.
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(shown.join('')).toBe(text);
  });
});

describe('tokenizePrompt', () => {
  it('shows how a text is cut', () => {
    expect(tokenizePrompt('The lighthouse keeper')).toEqual(['The', ' lighthouse', ' keeper']);
  });

  it('holds back a character until its last token, and never shows half of one', () => {
    const text = '\uFEFFnaïve 👩‍🚀 日本 \u{1F9FF}';
    const shown = tokenizePrompt(text);
    expect(shown.join('')).toBe(text);
    expect(shown).toContain('');
    expect(shown.some((piece) => piece.includes('\uFFFD'))).toBe(false);
    expect(shown).toHaveLength(encodeText(text).length);
  });

  it('shows a lone surrogate as the replacement character that it is encoded as', () => {
    expect(tokenizePrompt('a\uD83D').join('')).toBe('a\uFFFD');
  });
});

describe('Vocabulary', () => {
  it('numbers tokens densely after END and knows which it does not have', () => {
    const vocabulary = new Vocabulary();
    expect(vocabulary.learn('the cat the')).toEqual([1, 2, 3]);
    expect(vocabulary.learn(' the cat')).toEqual([3, 2]);
    expect(vocabulary.tokensOf('the dog')).toEqual([1, UNKNOWN]);
    expect(vocabulary.size).toBe(4);
    expect(vocabulary.textOf(Vocabulary.END)).toBe('');
  });

  it('refuses a token that is half a character', () => {
    expect(() => new Vocabulary().learn('🧿')).toThrow(RangeError);
  });
});
