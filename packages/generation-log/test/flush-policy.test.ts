import { VirtualClock } from '@tokenwire/protocol/testing';
import { expect, test } from 'vitest';

import { GenerationLog, parseFlushPolicy, type FlushPolicy, type LogEntry, type LogReader } from '../src/index.js';
import { setUp, REQUEST, settle } from './support.js';

const delta = (text: string) =>
  ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }) as const;

function logWith(flush: FlushPolicy): { readonly clock: VirtualClock; readonly log: GenerationLog } {
  const clock = new VirtualClock();
  return { clock, log: new GenerationLog('gen_0123456789012345678901', clock, flush) };
}

/** Seqs of the batches that a reader gets, as they come. */
function follow(reader: LogReader): readonly number[][] {
  const batches: number[][] = [];
  void (async () => {
    for await (const batch of reader) batches.push(batch.map(({ seq }: LogEntry) => seq));
  })();
  return batches;
}

const appendTogether = (log: GenerationLog, ...texts: string[]): void =>
  log.batch(() => {
    for (const text of texts) log.append(delta(text));
  });

test('per tick: what came together is one batch, and there is no timer', async () => {
  const { clock, log } = logWith('tick');
  const batches = follow(log.read(0));
  appendTogether(log, 'a', 'b');
  await settle();
  log.append(delta('c'));
  await settle();
  expect(batches).toEqual([[1, 2], [3]]);
  expect(clock.pending).toBe(0);
});

test('per token: each event is a batch, for a reader that is behind too', async () => {
  const { log } = logWith('token');
  appendTogether(log, 'a', 'b');
  const batches = follow(log.read(0));
  await settle();
  appendTogether(log, 'c', 'd');
  log.append({ type: 'message_stop' });
  await settle();
  expect(batches).toEqual([[1], [2], [3], [4], [5]]);
});

test('collected: one batch of all that comes in the time after the first event, by one timer for all readers', async () => {
  const { clock, log } = logWith(16);
  const [early, late] = [follow(log.read(0)), follow(log.read(0))];
  for (const text of ['a', 'b', 'c']) {
    appendTogether(log, text);
    expect(clock.pending).toBe(1);
    await settle();
    await clock.advance(5);
  }
  expect(early).toEqual([]);
  await clock.advance(1);
  expect([early, late]).toEqual([[[1, 2, 3]], [[1, 2, 3]]]);
  expect(clock.pending).toBe(0);
});

test('collected: the time begins with the first event that waits, not with the last batch', async () => {
  const { clock, log } = logWith(16);
  const batches = follow(log.read(0));
  log.append(delta('a'));
  await clock.advance(100);
  log.append(delta('b'));
  await clock.advance(15);
  expect(batches).toEqual([[1]]);
  await clock.advance(1);
  expect(batches).toEqual([[1], [2]]);
});

test.each(['message_stop', 'cancelled', 'error'] as const)(
  'collected: %s waits for nothing and takes along what waits',
  async (type) => {
    const { clock, log } = logWith(1_000);
    const batches = follow(log.read(0));
    log.append(delta('a'));
    if (type === 'message_stop') log.append({ type });
    else if (type === 'cancelled') log.append({ type, by: 'client' });
    else log.append({ type, error: { code: 'upstream_error', message: 'It failed.', retryable: true } });
    await settle();
    expect(batches).toEqual([[1, 2]]);
    expect([clock.pending, log.readerCount]).toEqual([0, 0]);
  },
);

test('collected: who comes or comes back meanwhile gets at once what the others have, and the rest with them', async () => {
  const { clock, log } = logWith(50);
  const first = follow(log.read(0));
  log.append(delta('a'));
  await clock.advance(50);
  log.append(delta('b'));
  const second = follow(log.read(0));
  await settle();
  expect([first, second]).toEqual([[[1]], [[1]]]);
  await clock.advance(50);
  expect([first, second]).toEqual([
    [[1], [2]],
    [[1], [2]],
  ]);
});

test('collected: nobody reads, nothing is timed; the first reader gets all there is', async () => {
  const { clock, log } = logWith(50);
  appendTogether(log, 'a', 'b');
  expect(clock.pending).toBe(0);
  const batches = follow(log.read(0));
  await settle();
  expect(batches).toEqual([[1, 2]]);
});

test('collected: the last reader that leaves takes the timer with it', async () => {
  const { clock, log } = logWith(50);
  const [one, other] = [log.read(0), log.read(0)];
  log.append(delta('a'));
  await one.return();
  expect(clock.pending).toBe(1);
  await other.return();
  expect(clock.pending).toBe(0);
  expect((await log.read(0).next()).value?.map(({ seq }) => seq)).toEqual([1]);
});

test('a registry gives its policy to every log', async () => {
  const { clock, model, generations } = setUp({ flush: 20 });
  const generation = generations.start(REQUEST);
  const batches = follow(generation.read(0));
  model.say('a');
  await settle();
  model.say('b');
  await settle();
  expect(batches).toEqual([]);
  await clock.advance(20);
  // The message, its block, and two tokens.
  expect(batches).toEqual([[1, 2, 3, 4]]);
  await generation.stop('client');
});

test('policies are read as they are written, and nothing else is one', () => {
  expect(['tick', 'token', '1', '16', '1000'].map(parseFlushPolicy)).toEqual(['tick', 'token', 1, 16, 1_000]);
  for (const text of ['', '0', '1001', '-1', '1.5', '1e2', ' 5', 'ticks'])
    expect(parseFlushPolicy(text)).toBeUndefined();
});
