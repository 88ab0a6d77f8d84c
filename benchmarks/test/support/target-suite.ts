import { setTimeout as sleep } from 'node:timers/promises';

import { eventually, within } from '@tokenwire/conformance';
import { describe, expect, it } from 'vitest';

import { nowMs } from '../../src/compare/clock.js';
import type { Target } from '../../src/targets/target.js';
import { makeTrace, type Trace } from '../../src/trace/trace.js';
import { Notes, readWith, TargetServer } from './target-server.js';

const LIMIT_MS = 20_000;

/** Forty tokens in a fifth of a second; every fourth comes with three others. */
export const TRACE = makeTrace({
  name: 'measured',
  seed: 7,
  tokens: 40,
  tokensPerSecond: 200,
  ttftMs: 20,
  jitter: 0,
  burst: 4,
});

/** As many, of what breaks framings. */
const HOSTILE: Trace = {
  ...TRACE,
  texts: TRACE.texts.map((word, index) => {
    const hard = ['\n', '\n\n', '\r\n', ' data: x', '"\\', '🎉', '\u2028', '\0', '0:"', 'é', '{"seq":1}', ' ', ':'];
    return `${word}${hard[index % hard.length]}`;
  }),
};

const WARM_UP = makeTrace({ name: 'warm-up', seed: 1, tokens: 5, tokensPerSecond: 1000, ttftMs: 0, jitter: 0 });
const ENDLESS = makeTrace({ name: 'endless', seed: 7, tokens: 6000, tokensPerSecond: 50, ttftMs: 0, jitter: 0 });

/** What holds for every control and every peer, through its own reader. */
export function describeTarget(target: Target): void {
  describe(target.name, () => {
    it('says the trace, each token once and in order, and tells when it had each', async () => {
      await using server = await TargetServer.start(target.server, HOSTILE, WARM_UP);
      const { url } = server;
      const read = (stream: number) =>
        readWith(target, { url, stream, trace: HOSTILE.name, texts: (stream < 0 ? WARM_UP : HOSTILE).texts });
      const warm = await within(LIMIT_MS, 'a warm-up', read(-1));
      expect(warm.texts).toEqual(WARM_UP.texts);
      const beforeMs = nowMs();
      const all = await within(LIMIT_MS, 'three answers', Promise.all([0, 1, 2].map(read)));
      const afterMs = nowMs();
      for (const { texts, missing, repeated, opened } of all) {
        expect(texts).toEqual(HOSTILE.texts);
        expect([missing, repeated, opened]).toEqual([0, 0, 1]);
      }
      const moments = await within(LIMIT_MS, 'the moments', server.moments());
      expect(moments.map(({ stream }) => stream).sort((a, b) => a - b)).toEqual([0, 1, 2]);
      for (const { dueStartMs, slipUs } of moments) {
        expect(dueStartMs).toBeGreaterThan(beforeMs);
        expect(dueStartMs).toBeLessThan(afterMs);
        expect(slipUs).toHaveLength(HOSTILE.tokens);
        // Never before it was due; a microsecond is lost in rounding.
        expect(Math.min(...slipUs)).toBeGreaterThanOrEqual(-1);
        const lastMs = dueStartMs + ((HOSTILE.offsetsUs.at(-1) ?? 0) + (slipUs.at(-1) ?? 0)) / 1000;
        expect(lastMs).toBeLessThan(afterMs);
      }
    });

    it('that dies in mid-stream is noticed by its reader', async () => {
      await using server = await TargetServer.start(target.server, ENDLESS);
      const notes = new Notes(() => notes.texts.length === 3 && server.kill());
      const reading = readWith(target, { url: server.url, trace: ENDLESS.name, texts: ENDLESS.texts }, notes);
      await expect(within(LIMIT_MS, 'a broken answer', reading)).rejects.not.toThrow(/not within/);
      expect(notes.texts.length).toBeLessThan(ENDLESS.tokens);
    });

    it('falls silent when its reader leaves', async () => {
      await using server = await TargetServer.start(target.server, ENDLESS);
      const leave = new AbortController();
      const notes = new Notes(() => notes.texts.length === 3 && leave.abort(new Error('enough')));
      const reading = readWith(
        target,
        { url: server.url, trace: ENDLESS.name, texts: ENDLESS.texts, signal: leave.signal },
        notes,
      );
      await expect(within(LIMIT_MS, 'an aborted answer', reading)).rejects.not.toThrow(/not within/);
      // Nor does the server go on speaking to nobody: ten tokens would have been due.
      const spoken = async () => (await server.moments())[0]?.slipUs.length ?? 0;
      await eventually('silence', async () => {
        const before = await spoken();
        await sleep(200);
        return (await spoken()) === before;
      });
    });
  });
}
