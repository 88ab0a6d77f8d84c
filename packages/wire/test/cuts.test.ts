import { describe, expect, it } from 'vitest';

import { conversations, eventsOf, HOSTILE, payloadOf } from './support/answers.js';
import { bytesOf, randomFrom, readAll } from './support/conversation.js';

const MODES = Object.keys(conversations([], () => 1));
/** What an event's JSON is, without its text. */
const ENVELOPE = eventsOf(HOSTILE).reduce((total, event) => total + bytesOf(event).length, 0) - payloadOf(HOSTILE);

describe.each(MODES)('a conversation in mode %s', (mode) => {
  const whole = (size: () => number) => conversations(HOSTILE, size)[mode] ?? [];
  const inOneChunk = whole(() => 1e6);

  it('has exactly the tokens as payload', () => {
    const { totals, pending, spans } = readAll(inOneChunk);
    expect(pending).toEqual({ up: 0, down: 0 });
    expect(totals.down.payload).toBe(payloadOf(HOSTILE));
    expect(totals.up.payload + totals.up.coded + totals.down.coded).toBe(0);
    expect(spans.filter(({ kind }) => kind === 'unknown')).toEqual([]);
    if (!['text', 'batch'].includes(mode)) expect(totals.down.envelope).toBe(ENVELOPE);
  });

  it('is read alike byte by byte', () => {
    const { spans, totals } = readAll(inOneChunk, () => 1);
    const expected = readAll(inOneChunk);
    expect(spans).toEqual(expected.spans);
    expect(totals).toEqual(expected.totals);
  });

  it('is read alike however the wire cuts it, with chunks and fragments of any size', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = randomFrom(seed);
      const said = whole(() => Math.floor(random() ** 3 * 400));
      const expected = readAll(said);
      const { spans, totals } = readAll(said, () => Math.floor(random() ** 2 * 300));
      expect(spans, `seed ${seed}`).toEqual(expected.spans);
      expect(totals, `seed ${seed}`).toEqual(expected.totals);
      expect(totals.down.payload, `seed ${seed}`).toBe(payloadOf(HOSTILE));
    }
  });

  it('never throws for what is broken, and loses no byte', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomFrom(seed);
      const said = whole(() => 300).map(([way, bytes]) => {
        const broken = bytes.slice(0, random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length);
        const place = Math.floor(random() ** 2 * broken.length);
        if (broken.length > 0) broken[place] = Math.floor(random() * 256);
        return [way, broken] as const;
      });
      const cut = () => Math.floor(random() * 500);
      const { pending, spans, totals } = readAll(said, cut, { limitBytes: 256 });
      expect(pending, `seed ${seed}`).toEqual({ up: 0, down: 0 });
      expect([spans, totals], `seed ${seed}`).toEqual([readAll(said, undefined, { limitBytes: 256 }).spans, totals]);
    }
  });
});
