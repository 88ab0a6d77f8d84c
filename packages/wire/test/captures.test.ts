import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { totalOf, type Way } from '../src/index.js';
import { fromBinary, randomFrom, readAll } from './support/conversation.js';

/** Made by `fixtures/capture.mjs`: the same answer in each mode. */
const MODES = ['chunked', 'sse', 'websocket', 'long-poll', 'short-poll'];

const capture = (mode: string) =>
  readFileSync(new URL(`fixtures/${mode}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as [Way, number, string])
    .map(([way, , text]) => [way, fromBinary(text)] as const);

describe.each(MODES)('a real conversation, mode %s', (mode) => {
  const said = capture(mode);
  const { spans, totals, pending } = readAll(said);

  it('is understood to its last byte', () => {
    expect(spans.filter(({ kind }) => kind === 'unknown')).toEqual([]);
    expect(pending).toEqual({ up: 0, down: 0 });
  });

  it('has the same text and the same events as all others', () => {
    const other = readAll(capture('chunked'));
    const textOf = (all: typeof spans) => all.filter(({ part }) => part === 'payload').map(({ clear }) => clear);
    expect(textOf(spans).join('')).toBe(textOf(other.spans).join(''));
    expect(totals.down.payload).toBe(other.totals.down.payload);
    expect(totals.down.envelope).toBe(other.totals.down.envelope);
  });

  it('is read alike however it is cut', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomFrom(seed);
      expect(readAll(said, () => Math.floor(random() ** 2 * 100)).spans, `seed ${seed}`).toEqual(spans);
    }
  });
});

it('is told in the documentation as it is', () => {
  const page = readFileSync(new URL('../../../docs/on-the-wire.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `([\w-]+)` \| ([\d |]+) \|$/gm)];
  const told = rows.map(([, mode = '', cells = '']) => [mode, ...cells.split(' | ').map(Number)]);
  const counted = MODES.map((mode) => {
    const { down } = readAll(capture(mode)).totals;
    return [mode, down.payload, down.envelope, down.framing, down.http, totalOf(down)];
  });
  expect(told).toEqual(counted);
});
