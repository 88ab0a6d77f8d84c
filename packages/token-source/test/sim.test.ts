import { VirtualClock } from '@tokenwire/protocol/testing';
import { describe, expect, test } from 'vitest';
import { ARGUMENT_FRAGMENTS, STRUCTURED_MINIMUM } from '../src/sim/structured.js';
import { HOSTILE_TOKENS, MEGABYTE } from '../src/sim/hostile.js';
import { GIANT_LENGTH, UGLY_ENTRIES } from '../src/sim/ugly.js';
import { SIM_MODELS, simPieces, simSource, type SimModel } from '../src/sim.js';
import type { Piece } from '../src/source.js';
import { collect, request, textOf, tokensOf } from './helpers.js';

const answer = (model: SimModel, fields = {}): Piece[] => [...simPieces(model, request({ model, ...fields }))];
const instant = (model: SimModel, fields = {}) =>
  collect(simSource(model), request({ model, cadence: 'instant', ...fields }));

describe('sim', () => {
  test.each([1, 2, 255, 10_000])('has exactly maxTokens tokens (%i) and ends with end_turn', (maxTokens) => {
    const pieces = answer('sim', { maxTokens });
    expect(pieces).toHaveLength(maxTokens + 1);
    expect(pieces.at(-1)).toMatchObject({ type: 'end', stopReason: 'end_turn', usage: { outputTokens: maxTokens } });
  });

  test.each(SIM_MODELS.filter((model) => !['sim/error', 'sim/hostile', 'sim/megabyte'].includes(model)))(
    '%s repeats itself for the same seed only',
    (model) => {
      expect(answer(model)).toEqual(answer(model));
      expect(answer(model, { seed: 8 })).not.toEqual(answer(model));
    },
  );

  test('reads like prose: words with leading spaces, sentences, paragraphs', () => {
    const text = textOf(answer('sim', { maxTokens: 1000 }));
    expect(text).toMatch(/^[A-Z][a-z]* [a-z]/);
    expect(text).toMatch(/[a-z]\. [A-Z]/);
    expect(text).toMatch(/[a-z]\.\n\n[A-Z]/);
    expect(text).not.toMatch(/ {2}|\.\.|,,| \./);
    expect(text.endsWith('.')).toBe(true);
  });

  test('follows the request cadence, default typical', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    const { pieces } = await clock.runUntil(collect(simSource('sim'), request({ maxTokens: 50 }), { clock }));
    expect(pieces[0]?.dueMs).toBe(300);
    expect(clock.now()).toBeGreaterThan(1_000);
    expect(clock.pending).toBe(0);
  });
});

describe('sim/ugly', () => {
  test('holds every entry of the list, whole and in order, within the default 256 tokens', () => {
    const tokens = tokensOf(answer('sim/ugly')).filter((token) => token.length !== GIANT_LENGTH);
    const flat = UGLY_ENTRIES.flat();
    let at = 0;
    for (const token of tokens) if (token === flat[at]) at += 1;
    expect(at).toBe(flat.length);
  });

  test('has what the delivery contract lists', () => {
    const text = textOf(answer('sim/ugly'));
    const tokens = tokensOf(answer('sim/ugly'));
    for (const token of [
      '\n',
      '\r',
      '\r\n',
      '',
      ' ',
      '\t',
      '\0',
      '\ufeff',
      '\u2028',
      '\u2029',
      '\u0085',
      '[DONE]',
      'id: 5',
      '__proto__',
      '\ud83d',
      '\ude00',
      '\u202e',
      'data: x\n\nevent: done',
    ]) {
      expect(tokens).toContain(token);
    }
    for (const part of ['</script><script>', 'onerror=', '\u001b[', '"message_stop"', '\ud83d\ude00', 'javascript:']) {
      expect(text).toContain(part);
    }
  });

  test.each([1, 2, 3, 50, 99, 100, 101, 256, 2_601, 10_000])(
    '%i tokens: exact count, halves always joined',
    (maxTokens) => {
      for (const seed of [1, 2, 3]) {
        const tokens = tokensOf(answer('sim/ugly', { maxTokens, seed }));
        expect(tokens).toHaveLength(maxTokens);
        // Take out the whole pairs; of what is left only the two lone ones of the list may remain.
        const rest = tokens.join('').replaceAll(/[\ud800-\udbff][\udc00-\udfff]/g, '');
        expect(rest.replaceAll('\ud800', '').replaceAll('\udfff', '')).not.toMatch(/[\ud800-\udfff]/);
      }
    },
  );

  test('a truly lone surrogate stays alone', () => {
    const text = textOf(answer('sim/ugly', { maxTokens: 5_000 }));
    expect(text).toMatch(/\ud800(?![\udc00-\udfff])/);
    expect(text).toMatch(/(?<![\ud800-\udbff])\udfff/);
    expect(text).not.toMatch(/\ud800[\udc00-\udfff]/);
  });

  test('giant tokens at 100, 2 600, …; 10 000 tokens stay below 2 MB', () => {
    const tokens = tokensOf(answer('sim/ugly', { maxTokens: 10_000 }));
    const giants = tokens.flatMap((token, index) => (token.length === GIANT_LENGTH ? [index] : []));
    expect(giants).toEqual([100, 2_600, 5_100, 7_600]);
    expect(Buffer.byteLength(tokens.join(''))).toBeLessThan(2_000_000);
  });
});

describe('sim/hostile', () => {
  test('says what the delivery contract lists, once, whatever the seed', () => {
    const tokens = tokensOf(answer('sim/hostile'));
    expect(tokens).toEqual(HOSTILE_TOKENS);
    expect(tokensOf(answer('sim/hostile', { seed: 8 }))).toEqual(tokens);
    expect(tokens.length).toBeLessThan(50);
    expect(tokens.join('')).toContain('\ud83d\ude00\ud83d\udc69\u200d\ud83d\udcbb\u202eoverride\u202c</script>');
    expect(tokens.join('')).not.toMatch(/\ud800[\udc00-\udfff]/);
  });

  test('says less when told so', () => {
    const pieces = answer('sim/hostile', { maxTokens: 3 });
    expect(tokensOf(pieces)).toEqual(HOSTILE_TOKENS.slice(0, 3));
    expect(pieces.at(-1)).toMatchObject({ stopReason: 'max_tokens', usage: { outputTokens: 3 } });
    expect(answer('sim/hostile').at(-1)).toMatchObject({ stopReason: 'end_turn' });
  });
});

test('sim/megabyte says a million characters without a space, none of them twice in the same place', () => {
  const [before, long = '', after] = tokensOf(answer('sim/megabyte'));
  expect([before, long.length, after]).toEqual(['before ', MEGABYTE, ' after']);
  expect(long).toMatch(/^[.\d]+$/);
  expect(new Set(long.match(/.{8}/g)).size).toBe(MEGABYTE / 8);
});

describe('sim/structured', () => {
  test('thinks, calls a tool with arguments that are one JSON object, then speaks', () => {
    const pieces = answer('sim/structured', { maxTokens: 200 });
    const order = pieces.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
    expect(order).toEqual(['thinking', 'tool_use', 'tool_input', 'text', 'end']);
    const json = pieces.map((piece) => (piece.type === 'tool_input' ? piece.partialJson : '')).join('');
    expect(JSON.parse(json)).toEqual({
      city: 'Zürich "Old Town"',
      lat: 47.3769,
      days: [1, 2, 3],
      celsius: true,
      note: 'line\nbreak \u{1f600} \u{1f600} </script>\\',
      empty: {},
      none: null,
      small: 0.0015,
    });
    expect(ARGUMENT_FRAGMENTS).toContain('');
  });

  test.each([1, 40, 200, 5_000])('maxTokens %i is kept, down to the whole tool call', (maxTokens) => {
    const pieces = answer('sim/structured', { maxTokens });
    const tokens = pieces.filter(({ type }) => type !== 'tool_use' && type !== 'end').length;
    expect(tokens).toBe(Math.max(maxTokens, STRUCTURED_MINIMUM));
    expect(pieces.at(-1)).toMatchObject({ stopReason: 'end_turn', usage: { outputTokens: tokens } });
  });
});

describe('sim/error and sim/stall', () => {
  test('sim/error fails after half of its tokens', async () => {
    const { pieces, error } = await instant('sim/error', { maxTokens: 100 });
    expect(error).toMatchObject({ code: 'upstream_error', retryable: true });
    expect(pieces).toHaveLength(50);
  });

  test('sim/stall falls silent half-way, and an abort ends it with nothing left', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    const result = collect(simSource('sim/stall'), request({ maxTokens: 10, cadence: 'fast' }), {
      clock,
      signal: stop.signal,
    });
    await clock.advance(600_000);
    expect(clock.pending).toBe(0);
    stop.abort();
    const { pieces, error } = await result;
    expect([pieces.length, error]).toEqual([5, undefined]);
  });

  test('sim/stall aborted before the silence ends at once', async () => {
    const clock = new VirtualClock();
    const stop = new AbortController();
    const result = collect(simSource('sim/stall'), request({ cadence: 'slow' }), { clock, signal: stop.signal });
    await clock.advance(1_500);
    stop.abort();
    expect((await result).pieces.length).toBeGreaterThan(0);
    expect(clock.pending).toBe(0);
  });
});
