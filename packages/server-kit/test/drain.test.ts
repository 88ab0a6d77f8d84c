import { Generations } from '@tokenwire/generation-log';
import { VirtualClock } from '@tokenwire/protocol/testing';
import type { TokenSource } from '@tokenwire/token-source';
import { expect, test } from 'vitest';

import { drain, parseRequest } from '../src/index.js';

/** Accepts and says nothing, until it is stopped; a deaf one does not even hear that. */
const silent = (deaf: boolean): TokenSource =>
  async function* (_, { signal }) {
    yield [];
    await new Promise<void>((resolve) => !deaf && signal.addEventListener('abort', () => resolve()));
  };

function setUp({ deaf = false, stuck = false, drainMs = 25_000 } = {}) {
  const clock = new VirtualClock();
  const generations = new Generations({ clock, resolve: () => silent(deaf) });
  const draining = new AbortController();
  const steps: string[] = [];
  const server = {
    // A reader that never reads keeps its connection for ever.
    close: (done: () => void) => (steps.push('stop listening'), stuck || done()),
    closeIdleConnections: () => {},
  };
  const transport = { close: () => void steps.push('close sockets') };
  const close = () => void steps.push('close models');
  const options = { server: server as never, generations, transport, draining, drainMs, close };
  return { clock, generations, draining, steps, options };
}

const start = (generations: Generations) => generations.start(parseRequest({ prompt: 'x', onDisconnect: 'continue' }));

test('an idle server ends at once', async () => {
  const { clock, steps, options } = setUp();
  await clock.runUntil(drain(options));
  expect(clock.now()).toBe(1_000);
  expect(steps).toEqual(['close models', 'stop listening', 'close sockets']);
  expect(clock.pending).toBe(0);
});

test('polls are let go at once, running answers end at the deadline, by shutdown', async () => {
  const { clock, generations, draining, steps, options } = setUp();
  const generation = start(generations);
  const ended = drain(options);
  expect(draining.signal.aborted).toBe(true);
  expect(() => start(generations)).toThrow(expect.objectContaining({ code: 'draining' }));
  await clock.advance(24_999);
  expect([generation.status, steps]).toEqual(['running', []]);
  await clock.runUntil(ended);
  expect(generation.log.terminal).toMatchObject({ type: 'cancelled', by: 'shutdown' });
  expect(clock.now()).toBe(26_000);
});

test('an answer that ends earlier ends the wait', async () => {
  const { clock, generations, options } = setUp();
  const generation = start(generations);
  const ended = drain(options);
  await clock.advance(5_000);
  await generation.stop('client');
  await clock.runUntil(ended);
  expect(clock.now()).toBe(6_000);
});

test('neither a model that ignores its abort nor a reader that never reads holds the end up by a second', async () => {
  const { clock, generations, options } = setUp({ deaf: true, stuck: true });
  const generation = start(generations);
  await clock.runUntil(drain(options));
  expect(generation.log.terminal).toMatchObject({ type: 'cancelled', by: 'shutdown' });
  expect(clock.now()).toBeGreaterThan(26_000);
  expect(clock.now()).toBeLessThan(27_000);
});
