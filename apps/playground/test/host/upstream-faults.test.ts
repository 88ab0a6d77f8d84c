import { VirtualClock } from '@tokenwire/protocol/testing';
import type { Piece, SourceRequest, TokenSource } from '@tokenwire/token-source';
import { expect, test } from 'vitest';

import { UpstreamFaults } from '../../src/backend/upstream-faults.js';

const REQUEST = {} as SourceRequest;
const piece = (text: string): Piece => ({ type: 'text', text });

/** A model that says a word every 10 ms, five of them. */
const words: TokenSource = async function* words(_request, { clock, signal }) {
  for (let index = 0; index < 5; index += 1) {
    await new Promise<void>((resolve) => {
      const settle = (): void => (callOff(), resolve());
      const callOff = clock.after(10, settle);
      signal.addEventListener('abort', settle, { once: true });
      if (signal.aborted) settle();
    });
    if (signal.aborted) throw new Error('the call was aborted');
    yield [piece(String(index))];
  }
};

function listen(source: TokenSource) {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const faults = new UpstreamFaults();
  const heard: [atMs: number, text: string][] = [];
  const start = clock.now();
  const read = async (): Promise<void> => {
    for await (const batch of faults.wrap(source)(REQUEST, { clock, signal: controller.signal })) {
      for (const said of batch) if (said.type === 'text') heard.push([clock.now() - start, said.text]);
    }
  };
  return {
    clock,
    controller,
    faults,
    heard,
    ended: read().then(
      () => 'ended',
      (error: unknown) => error,
    ),
  };
}

test('without a command a model says what it says, when it says it', async () => {
  const { clock, heard, ended } = listen(words);
  await clock.advance(100);
  expect(await ended).toBe('ended');
  expect(heard).toEqual([10, 20, 30, 40, 50].map((at, index) => [at, String(index)]));
});

test('a stalled model is silent for so long, and loses nothing', async () => {
  const { clock, faults, heard, ended } = listen(words);
  await clock.advance(25);
  expect(faults.stall(REQUEST, 100)).toBe(true);
  await clock.advance(99);
  expect(heard.length).toBe(2);
  await clock.advance(100);
  expect(await ended).toBe('ended');
  expect(heard.map(([, text]) => text)).toEqual(['0', '1', '2', '3', '4']);
  expect(heard[2]?.[0]).toBe(125);
});

test('another stall replaces the one that lasts, be it shorter', async () => {
  const { clock, faults, heard, ended } = listen(words);
  await clock.advance(25);
  faults.stall(REQUEST, 60_000);
  await clock.advance(15);
  faults.stall(REQUEST, 5);
  await clock.advance(100);
  expect(await ended).toBe('ended');
  expect(heard[2]?.[0]).toBe(45);
  expect(clock.pending).toBe(0);
});

test('a stall can be prolonged, and stopped', async () => {
  const { clock, faults, controller, heard, ended } = listen(words);
  await clock.advance(25);
  faults.stall(REQUEST, 50);
  await clock.advance(40);
  faults.stall(REQUEST, 50);
  await clock.advance(40);
  expect(heard.length).toBe(2);
  controller.abort();
  await clock.advance(0);
  await ended;
  expect(heard.length).toBe(2);
  expect(clock.pending).toBe(0);
});

test('a model that is to fail fails at once, also while it is silent', async () => {
  for (const stalled of [false, true]) {
    const { clock, faults, heard, ended } = listen(words);
    await clock.advance(25);
    if (stalled) faults.stall(REQUEST, 1_000_000);
    await clock.advance(10);
    expect(faults.fail(REQUEST)).toBe(true);
    await clock.advance(0);
    expect(await ended).toMatchObject({ code: 'upstream_error' });
    expect(heard.length).toBe(stalled ? 2 : 3);
  }
});

test('a request whose model was never asked cannot be troubled', () => {
  const faults = new UpstreamFaults();
  expect([faults.stall(REQUEST, 1), faults.fail(REQUEST)]).toEqual([false, false]);
});
