import { describe, expect, test } from 'vitest';
import { chunksOf, blocksOf } from '../../web/src/answer/chunks.js';
import { prettyJson, shownArguments } from '../../web/src/answer/pretty-json.js';
import { WordCount } from '../../web/src/answer/word-count.js';

const TEXTS: Record<string, string> = {
  words: 'A lighthouse stands where the land ends. '.repeat(500),
  lines: 'One line of an answer,\nand another one.\n\n'.repeat(500),
  'no space': 'x'.repeat(20_001),
  'emoji, all in pairs': `x${'🏮'.repeat(6_000)}`,
  'families of emoji': '👩‍👩‍👧‍👦'.repeat(2_000),
  'combining marks': 'e\u0301'.repeat(8_000),
  'marks upon marks': `x${'\u0301'.repeat(9_000)}`,
  'halves of pairs': '\ud83c'.repeat(5_000) + '\udfee'.repeat(5_000),
  hostile: '\u202e\0\u001b[31m<b>&amp;\r\n\u2028'.repeat(900),
};

describe.each(Object.entries(TEXTS))('chunks of %s', (_, text) => {
  test('are the text, nothing lost and nothing doubled', () => {
    const chunks = chunksOf(text);
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
    expect(chunks.length).toBeGreaterThan(4);
    for (const chunk of chunks) expect(chunk.text.length).toBeLessThan(3_000);
  });

  test('stay when text is appended: only the last one ever changes', () => {
    let before: string[] = [];
    for (let length = 0; length <= text.length; length += 37) {
      const now = chunksOf(text.slice(0, length)).map((chunk) => chunk.text);
      expect(now.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1));
      before = now;
    }
  });
});

test('no cut is inside of a character', () => {
  for (const { text } of chunksOf(TEXTS['emoji, all in pairs']!)) expect(text).not.toMatch(/\p{Cs}/u);
  for (const { text } of chunksOf(TEXTS['families of emoji']!)) expect(text).toMatch(/^\u{1f469}[^]*\u{1f466}$/u);
  for (const { text } of chunksOf(TEXTS['combining marks']!)) expect(text[0]).toBe('e');
});

test('a block ends where the text has a line end, or when it has become too long', () => {
  const lines = blocksOf(chunksOf(TEXTS['lines']!));
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines.slice(0, -1)) expect(line.at(-1)?.text).toMatch(/\n$/);
  expect(blocksOf(chunksOf(TEXTS['words']!.slice(0, 15_000)))).toHaveLength(1);
  const endless = blocksOf(chunksOf(TEXTS['words']!.repeat(5)));
  expect(endless.length).toBeGreaterThan(4);
  for (const block of endless) expect(block.length).toBeLessThanOrEqual(8);
  expect(
    endless
      .flat()
      .map(({ text }) => text)
      .join(''),
  ).toBe(TEXTS['words']!.repeat(5));
});

describe('JSON made pretty', () => {
  test.each([
    ['{}', '{}'],
    ['[ ]', '[]'],
    ['{"a":[1,{"b":null}]}', '{\n  "a": [\n    1,\n    {\n      "b": null\n    }\n  ]\n}'],
    [' "x" ', '"x"'],
  ])('%s', (json, pretty) => expect(prettyJson(json)).toBe(pretty));

  test.each([
    '{"n":12345678901234567890,"e":1e400,"m":-0.10}',
    '{"a":1,"a":2,"__proto__":{"x":[]}}',
    String.raw`{"s":"{\"a\": [1,2]}, \\","\u0000":"\ud83d"}`,
    '{"s":"a:b,c{d}[e] ","":[{},[]]}',
  ])('is the same but for white space: %s', (json) => {
    const outside = (text: string): string => text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, '$1');
    expect(outside(prettyJson(json) ?? '')).toBe(json);
  });

  test('is left alone when it is too deep or too long', () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    expect(prettyJson(deep)).toBeUndefined();
    expect(prettyJson(`"${'x'.repeat(200_000)}"`)).toBeUndefined();
    expect(shownArguments(deep, true)).toBe(deep);
  });

  test('shows what would turn the order of reading as escapes, in whole and half arguments', () => {
    expect(shownArguments('{"a":"\u202ex\u2066\u0085"}', true)).toBe('{\n  "a": "\\u202ex\\u2066\\u0085"\n}');
    expect(shownArguments('{"a":"\u202ex', false)).toBe('{"a":"\\u202ex');
  });
});

test('words are counted as they come, wherever the text is cut', () => {
  const text = '  One two\n\nthree…\tfour 5 ';
  const count = new WordCount();
  for (let length = 0; length <= text.length; length += 1) {
    const part = text.slice(0, length);
    expect(count.of(part)).toBe(part.split(/\s+/).filter(Boolean).length);
  }
  expect(count.of('another text')).toBe(2);
  expect(count.of('')).toBe(0);
});
