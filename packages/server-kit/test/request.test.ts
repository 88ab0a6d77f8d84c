import { TokenwireError } from '@tokenwire/protocol';
import { describe, expect, test } from 'vitest';

import { parseJsonText, parseRequest } from '../src/index.js';

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof TokenwireError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
};

describe('JSON text from outside', () => {
  test('is parsed like JSON', () => {
    const text = '{"a":[1,-2.5e3,"x\\"[{",true,null,{}, {"a" : 1,"c":"\\"d\\":"}],"b":"\\ud83d\\ude00"}';
    expect(parseJsonText(text)).toEqual(JSON.parse(text));
  });

  test.each([
    ['{"a":1', 'invalid_json'],
    ['', 'invalid_json'],
    ['{"a":1,}', 'invalid_json'],
    ['{"a":1} x', 'invalid_json'],
    ['// c\n{}', 'invalid_json'],
    ['['.repeat(100_000), 'nested deeper than 32'],
    ['{"a":'.repeat(1_000) + '1' + '}'.repeat(1_000), 'nested deeper than 32'],
    ['{"a":1,"a":1}', 'given twice: a.'],
    ['{"m":[{"r":1,"r":2}]}', 'given twice: m[0].r.'],
    ['{"a":1,"\\u0061":2}', 'given twice: a.'],
    ['{"__proto__":{}}', 'not allowed: __proto__.'],
    ['{"a":{"constructor":1}}', 'not allowed: a.constructor.'],
  ])('%.40s is refused', (text, reason) => {
    expect(codeOf(() => parseJsonText(text))).toContain(reason);
  });

  test('a depth of exactly 32 is accepted', () => {
    expect(codeOf(() => parseJsonText('['.repeat(32) + ']'.repeat(32)))).toBe('accepted');
    expect(codeOf(() => parseJsonText('['.repeat(33) + ']'.repeat(33)))).toContain('deeper');
  });

  test('brackets and quotes inside strings do not count', () => {
    expect(parseJsonText(`"${'['.repeat(100)}\\\\\\""`)).toHaveLength(102);
  });
});

describe('a start request', () => {
  test('needs only a prompt, and gets its defaults', () => {
    expect(parseRequest({ prompt: 'Hi' })).toStrictEqual({
      model: 'tiny',
      messages: [{ role: 'user', content: 'Hi' }],
      maxTokens: 256,
      temperature: 0.8,
      tools: [],
      thinking: false,
      onDisconnect: { graceMs: 30_000 },
    });
  });

  test('takes everything the protocol page shows', () => {
    const request = {
      model: 'sim',
      messages: [{ role: 'user', content: 'Hello' }],
      maxTokens: 256,
      temperature: 0.8,
      seed: 7,
      tools: [{ name: 'look', description: 'd', inputSchema: { type: 'object' } }],
      thinking: false,
      logprobs: 3,
      cadence: { ttftMs: 300, tokensPerSecond: 50, jitter: 0.3 },
      onDisconnect: { graceMs: 30_000 },
    };
    expect(parseRequest(request)).toStrictEqual(request);
  });

  const message = { role: 'user', content: 'x' };
  test.each<[unknown, string]>([
    [null, 'invalid_request: the body'],
    [[], 'invalid_request: the body'],
    [5, 'invalid_request: the body'],
    [{}, 'exactly one of prompt and messages'],
    [{ prompt: 'x', messages: [message] }, 'exactly one of prompt and messages'],
    [{ prompt: '' }, 'invalid_request: prompt'],
    [{ prompt: 'x'.repeat(100_001) }, 'invalid_request: prompt'],
    [{ prompt: '\ud800' }, 'lone surrogates'],
    [{ messages: [] }, 'invalid_request: messages'],
    [{ messages: Array(257).fill(message) }, 'invalid_request: messages'],
    [
      {
        messages: [
          { ...message, content: 'x'.repeat(60_000) },
          { ...message, content: 'x'.repeat(60_000) },
        ],
      },
      'together',
    ],
    [{ messages: 'x' }, 'invalid_request: messages'],
    [{ messages: [{ role: 'root', content: 'x' }] }, 'invalid_request: messages[0].role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'invalid_request: messages[0].content'],
    [{ messages: [{ ...message, name: 'x' }] }, 'unknown_field: Unknown field: messages[0].name'],
    [{ prompt: 'x', baseURL: 'http://x' }, 'unknown_field: Unknown field: baseURL'],
    [{ prompt: 'x', apiKey: 'x' }, 'unknown_field: Unknown field: apiKey'],
    [{ prompt: 'x', '<b>\n': 1 }, 'Unknown field: ?b??.'],
    ...[-1, 0, 1.5, 1e9, '5', null].map(
      (maxTokens) => [{ prompt: 'x', maxTokens }, 'invalid_request: maxTokens'] as [unknown, string],
    ),
    ...[3, -0.1, Infinity, '1'].map(
      (temperature) => [{ prompt: 'x', temperature }, 'invalid_request: temperature'] as [unknown, string],
    ),
    [{ prompt: 'x', seed: -1 }, 'invalid_request: seed'],
    [{ prompt: 'x', seed: 2 ** 32 }, 'invalid_request: seed'],
    [{ prompt: 'x', cadence: 'hasty' }, 'invalid_request: cadence'],
    [{ prompt: 'x', cadence: { tokensPerSecond: 0 } }, 'invalid_request: cadence'],
    [{ prompt: 'x', onDisconnect: { graceMs: 600_001 } }, 'invalid_request: onDisconnect'],
    [{ prompt: 'x', onDisconnect: 'stop' }, 'invalid_request: onDisconnect'],
    [{ prompt: 'x', tools: [{ name: 'a b' }] }, 'invalid_request: tools[0].name'],
  ])('%.60j is refused', (value, reason) => {
    expect(codeOf(() => parseRequest(value))).toContain(reason);
  });

  test('is accepted at each limit', () => {
    for (const value of [
      { prompt: 'x'.repeat(100_000) },
      { messages: Array(256).fill(message) },
      { prompt: 'x', maxTokens: 1 },
      { prompt: 'x', maxTokens: 100_000 },
      { prompt: 'x', temperature: 0 },
      { prompt: 'x', temperature: 2 },
      { prompt: 'x', seed: 2 ** 32 - 1 },
      { prompt: '\ud83d\ude00' },
    ]) {
      expect(codeOf(() => parseRequest(value))).toBe('accepted');
    }
  });
});
