import { createHash } from 'node:crypto';

import { MODES, type Mode } from '@tokenwire/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FaultProxy } from '../src/index.js';
import { snapshot } from '../src/harness/answers.js';
import { checkLog, textOfAll } from '../src/harness/check.js';
import { readToEnd, type Reading } from '../src/harness/reading.js';
import type { Target } from '../src/target.js';
import { bedOf, type TestBed } from './support.js';

const TOKENS = 10_000;
const CUT_EVERY = 100;
const LIMIT_MS = 100_000;
/** How many of the hundred cuts must have hit; what has passed the proxy before a cut is planned is not hurt by it. */
const FEWEST_HITS = 25;
const REQUEST = { model: 'sim/ugly', prompt: 'Hello', maxTokens: TOKENS, seed: 7, cadence: 'instant' } as const;

/** SHA-256 over all events but the first, which names the generation. */
function fingerprint({ events }: Reading): string {
  return createHash('sha256')
    .update(JSON.stringify(events.slice(1)))
    .digest('hex');
}

async function expectExact(target: Target, reading: Reading): Promise<void> {
  expect(reading.error).toBeUndefined();
  checkLog(reading.events);
  expect(reading.events.filter(({ type }) => type === 'content_block_delta')).toHaveLength(TOKENS);
  const { text, status } = await snapshot(target, reading.stream.id ?? '');
  expect(status).toBe('completed');
  // Not `toBe(text)`, which would print two megabytes.
  expect(textOfAll(reading.events) === text).toBe(true);
}

const fingerprints = new Map<string, Mode[]>();

function remember(mode: Mode, reading: Reading): void {
  const hash = fingerprint(reading);
  fingerprints.set(hash, [...(fingerprints.get(hash) ?? []), mode]);
}

describe.each(MODES)(`${TOKENS} hostile tokens over %s`, (mode) => {
  let bed: TestBed;
  let target: Target;
  beforeAll(async () => {
    bed = await bedOf(mode);
    [target] = bed.targets as [Target];
  });
  afterAll(() => bed.close());

  it('arrive byte-exact', { timeout: LIMIT_MS }, async () => {
    const reading = await readToEnd(target.open({ url: target.url, request: REQUEST }), undefined, LIMIT_MS);
    await expectExact(target, reading);
    expect(reading.stream.reconnects).toBe(0);
    remember(mode, reading);
  });

  it(`arrive byte-exact with all connections cut after every ${CUT_EVERY} events`, { timeout: LIMIT_MS }, async () => {
    const proxy = await FaultProxy.before(target.url);
    // Not all at once: what has arrived before a cut is not hurt by it. A short poll is allowed every 100 ms.
    const cadence = { ttftMs: 0, tokensPerSecond: mode === 'short-poll' ? 1_000 : 3_000, jitter: 0 };
    // A page that holds 1 000 events is worth ten cuts, one after the other.
    const retry = { baseMs: 1, capMs: 50, maxAttempts: 100 };
    const stream = target.open({ url: proxy.url, request: { ...REQUEST, cadence }, retry });
    // Not the connections that are open now: on a busy machine all may have passed already. What comes next is cut, at
    // another byte each time, and between two polls that is the next answer.
    const cut = ({ seq }: { seq: number }): void => {
      if (seq % CUT_EVERY === 0) proxy.cutAfterBytes(seq % 997, seq % (2 * CUT_EVERY) === 0 ? 'rst' : 'fin');
    };
    const reading = await readToEnd(stream, cut, LIMIT_MS);
    await proxy.close();
    await expectExact(target, reading);
    expect(stream.reconnects).toBeGreaterThanOrEqual(FEWEST_HITS);
    remember(mode, reading);
  });
});

it('All modes have carried the same events, with and without cuts', () => {
  expect(Array.from(fingerprints.values(), (modes) => modes.length)).toEqual([2 * MODES.length]);
});
