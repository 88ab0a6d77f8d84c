import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { Endpoint } from '../src/autocannon/behaviour.js';
import { fire } from '../src/autocannon/salvo.js';
import { ours } from '../src/targets/ours.js';
import { generationRequest } from '../src/drivers/lean-http.js';
import { makeTrace } from '../src/trace/trace.js';
import { TargetServer } from './support/target-server.js';

const { signal } = new AbortController();

describe('autocannon, as docs/measuring-autocannon.md says', () => {
  let endpoint: Endpoint;
  beforeAll(async () => {
    endpoint = await Endpoint.open();
  });
  afterAll(() => endpoint.close());

  it('has whole milliseconds in its table, and fractions in its events', async () => {
    const { result, eventsMs } = await endpoint.shoot('ms=0', { amount: 50 });
    expect([result.latency.totalCount, eventsMs.length]).toEqual([50, 50]);
    for (const value of [result.latency.min, result.latency.p50, result.latency.max]) expect(value % 1).toBe(0);
    expect(eventsMs.some((ms) => ms % 1 > 0)).toBe(true);
  });

  it('kills a stream that is longer than its time-out, however lively, and has no latency for it', async () => {
    const { result, eventsMs } = await endpoint.shoot('stream=60000', { amount: 1, timeout: 1 });
    expect([eventsMs.length, result.latency.totalCount]).toEqual([0, 0]);
    expect([result.errors, result.timeouts]).toEqual([1, 1]);
  });

  it('invents latencies when it has a rate, from one millisecond on, unless told not to', async () => {
    const rate = { duration: 1, overallRate: 5 };
    const { result, eventsMs } = await endpoint.shoot('ms=100', rate);
    // One for every millisecond below each that was measured, as if a request had been due in each.
    expect(result.latency.totalCount).toBeGreaterThan(50 * eventsMs.length);
    expect(result.latency.min).toBeLessThan(50);
    const honest = await endpoint.shoot('ms=100', { ...rate, ignoreCoordinatedOmission: true });
    expect(honest.result.latency.totalCount).toBe(honest.eventsMs.length);
    // Timers may fire up to a millisecond early.
    expect(honest.result.latency.min).toBeGreaterThanOrEqual(98);
  });
});

describe('a salvo', () => {
  const TRACE = makeTrace({ name: 'opinion', seed: 7, tokens: 40, tokensPerSecond: 100, ttftMs: 50, jitter: 0 });

  it('counts whole streams of our chunked server, each as long as its timetable at least', async () => {
    await using server = await TargetServer.start(ours('chunked').server, TRACE);
    const { latenciesMs, statuses, errors, timeouts } = await fire({
      url: `${server.url}/generations`,
      method: 'POST',
      headers: { accept: 'application/x-ndjson', 'content-type': 'application/json' },
      body: JSON.stringify(generationRequest(TRACE.name)),
      connections: 3,
      until: { requests: 3 },
      timeoutSeconds: 60,
      signal,
    });
    expect([statuses, errors, timeouts]).toEqual([{ 200: 3 }, 0, 0]);
    const lastDueMs = (TRACE.offsetsUs.at(-1) ?? 0) / 1000;
    for (const ms of latenciesMs) expect(ms).toBeGreaterThan(lastDueMs - 1);
  });

  it('tells refusals apart from answers', async () => {
    await using server = await TargetServer.start(ours('short-poll').server, TRACE);
    const url = `${server.url}/generations/gen_${'0'.repeat(24)}`;
    const salvo = await fire({ url, connections: 2, until: { requests: 10 }, timeoutSeconds: 10, signal });
    expect([salvo.statuses, salvo.errors]).toEqual([{ 404: 10 }, 0]);
  });

  it('ends when it is aborted', async () => {
    const endpoint = await Endpoint.open();
    const stopped = AbortSignal.timeout(50);
    const url = `${endpoint.url}/?stream=60000`;
    await expect(
      fire({ url, connections: 1, until: { seconds: 60 }, timeoutSeconds: 60, signal: stopped }),
    ).rejects.toThrow('timeout');
    endpoint.close();
  });
});
