import { MODES } from '@tokenwire/protocol';
import { describe, expect, test } from 'vitest';

import {
  DEFAULTS,
  MAX_PANES,
  RANGES,
  type Settings,
  formatSettings,
  parseSettings,
  requestOf,
} from '../../web/src/settings/settings.js';

describe('the address holds the whole setting', () => {
  test('what is as by default is left out', () => {
    expect(formatSettings(DEFAULTS)).toBe('');
    expect(parseSettings('')).toEqual(DEFAULTS);
  });

  test.each<Partial<Settings>>([
    { prompt: 'a & b = c # d % e + "f" \u{1f600}\nnew line' },
    { model: 'sim/ugly', maxTokens: 20_000, temperature: 0, seed: 2 ** 32 - 1 },
    { ttftMs: 0, tokensPerSecond: 0.5 + 1, jitter: 1, burst: 100 },
    { panes: ['sse', 'sse', 'websocket'], view: 'markdown', tool: 'wire' },
    { read: ['gen_abcdefghijklmnopqrstuvwx', 'gen_ABCDEFGHIJKLMNOPQRSTUVWX'] },
  ])('%j comes back as it went', (changes) => {
    const settings = { ...DEFAULTS, ...changes };
    expect(parseSettings(`#${formatSettings(settings)}`)).toEqual(settings);
  });

  test.each([
    ['maxTokens=0'],
    ['maxTokens=1.5'],
    ['maxTokens=20001'],
    ['maxTokens='],
    ['temperature=3'],
    ['temperature=NaN'],
    ['seed=-1'],
    ['tokensPerSecond=Infinity'],
    ['panes=telepathy'],
    ['model=%3Cscript%3E'],
    ['model='],
    ['prompt=%20'],
    ['view=html'],
    ['tool=__proto__'],
    ['read=../../etc'],
    ['constructor=1&__proto__=2'],
  ])('%s is not understood, and changes nothing', (fragment) => {
    expect(parseSettings(`#${fragment}`)).toEqual(DEFAULTS);
  });

  test('there are never more panes than the page can hold', () => {
    const { panes } = parseSettings(`#panes=${Array.from({ length: 40 }, () => 'sse').join(',')}`);
    expect(panes).toHaveLength(MAX_PANES);
  });
});

test('a request holds what the settings say, and probabilities only while somebody looks at them', () => {
  const settings: Settings = { ...DEFAULTS, prompt: 'Hi', seed: 5 };
  expect(requestOf(settings)).toEqual({
    model: 'tiny',
    prompt: 'Hi',
    maxTokens: 256,
    temperature: 0.8,
    seed: 5,
    cadence: { ttftMs: 300, tokensPerSecond: 25, jitter: 0.3, burst: 1 },
  });
  expect(requestOf({ ...settings, tool: 'model' })).toHaveProperty('logprobs', 10);
});

test('the ranges are those of a field, lowest first, and hold the defaults', () => {
  for (const [key, [low, high, whole]] of Object.entries(RANGES)) {
    const usual = DEFAULTS[key as keyof typeof RANGES];
    expect(usual, key).toBeGreaterThanOrEqual(low);
    expect(usual, key).toBeLessThanOrEqual(high);
    if (whole) expect(Number.isInteger(usual), key).toBe(true);
  }
  expect(DEFAULTS.panes).toEqual(MODES);
});
