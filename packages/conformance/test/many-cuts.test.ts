import { MODES, type Mode } from '@tokenwire/protocol';
import { afterAll, expect, it } from 'vitest';

import { CLIENTS, FaultProxy } from '../src/index.js';
import { at, snapshot } from '../src/harness/answers.js';
import { checkLog, textOfAll } from '../src/harness/check.js';
import { read, readToEnd } from '../src/harness/reading.js';
import { combinedBed } from './support.js';

const LIMIT_MS = 120_000;

/** A quarter of the thousand cuts in every run, all of them with `TOKENWIRE_CUTS=all`. */
const PART = process.env['TOKENWIRE_CUTS'] === 'all' ? 1 : 1 / 4;

/**
 * How an answer is cut: each connection passes so many bytes and then none. Both are paced, so that a reader who comes
 * back finds a little that is new, not all the rest. Of polls a server takes forty a second, and a cut page comes again
 * as a whole, so there are fewer.
 */
const PLANS: Record<'stream' | 'poll', { cuts: number; tokens: number; tokensPerSecond: number; bytes: number }> = {
  stream: { cuts: 1_000 * PART, tokens: 6_000 * PART, tokensPerSecond: 600, bytes: 700 },
  poll: { cuts: 200 * PART, tokens: 1_000 * PART, tokensPerSecond: 100, bytes: 0 },
};

// Who comes back a hundred times a second is not what the admission of streams is made for.
const bed = await combinedBed({ args: ['--streams-burst', '100000'] });
afterAll(() => bed.close());

it.concurrent.each(MODES)(
  'An answer over %s is exact, however often it is cut',
  { timeout: LIMIT_MS },
  async (mode: Mode) => {
    const { cuts, tokens, tokensPerSecond, bytes } = PLANS[mode.endsWith('poll') ? 'poll' : 'stream'];
    const { url } = bed.server;
    const target = { mode, url, open: CLIENTS[mode] };
    const proxy = await FaultProxy.before(url);
    // Between two lengths, so that the cuts fall on everything that is sent.
    for (let cut = 0; cut < cuts; cut += 1)
      proxy.cutAfterBytes(bytes + ((cut * 7) % 389), cut % 2 === 0 ? 'rst' : 'fin');
    const cadence = { ttftMs: 0, tokensPerSecond, jitter: 0 };
    const stream = target.open({
      url: proxy.url,
      request: { model: 'sim', prompt: 'Hello', maxTokens: tokens, seed: 7, cadence },
      retry: { baseMs: 1, capMs: 2, maxAttempts: 1_000 },
    });
    const { events, error } = await readToEnd(stream, undefined, LIMIT_MS);
    await proxy.close();
    expect(error).toBeUndefined();
    checkLog(events);
    expect(stream.reconnects).toBeGreaterThanOrEqual(cuts);
    const id = stream.id ?? '';
    expect(textOfAll(events)).toBe((await snapshot(target, id)).text);
    expect((await read(target, { after: at(id, 0) })).events).toEqual(events);
  },
);
