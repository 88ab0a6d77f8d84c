import { VirtualClock } from '@tokenwire/protocol/testing';
import { expect, test } from 'vitest';

import { GenerationLog, MAX_BATCH_BYTES } from '../src/index.js';
import { readAll, settle } from './support.js';

const delta = (text: string) =>
  ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }) as const;

function logOf(...texts: string[]): GenerationLog {
  const log = new GenerationLog('gen_0123456789012345678901', new VirtualClock());
  for (const text of texts) log.append(delta(text));
  return log;
}

test('numbers events densely from 1 and encodes each once, seq first', () => {
  const log = logOf('a', 'b\n"');
  expect(log.take(0, 1_000).map(({ json }) => json)).toEqual([
    '{"seq":1,"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}',
    '{"seq":2,"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b\\n\\""}}',
  ]);
  expect(log.text).toBe('ab\n"');
  expect(log.cursor).toBe('gen_0123456789012345678901.2');
});

test('remembers when each event was wanted and when it came', () => {
  const clock = new VirtualClock();
  const log = new GenerationLog('gen_0123456789012345678901', clock);
  log.append(delta('a'), 900.5);
  log.append(delta('b'));
  expect(log.timing(1)).toEqual({ dueMs: 900.5, appendedMs: clock.now() });
  expect(log.timing(2).dueMs).toBeNaN();
});

test('the text grows with the log, however often it is asked for', () => {
  const log = logOf('a');
  expect(log.text).toBe('a');
  log.append(delta('\ud83d'));
  log.append(delta('\ude00'));
  expect([log.text, log.text]).toEqual(['a\ud83d\ude00', 'a\ud83d\ude00']);
});

test('the JSON of an event never holds a line break, whatever the text', () => {
  const hostile = ['\n', '\r\n', '\u2028', '\u0085', '\0', '\ud800', 'data: x\n\nevent: done', '\ufeff'];
  for (const { json } of logOf(...hostile).take(0, 10_000)) expect(json).not.toMatch(/[\r\n]/);
});

test('take returns what fits, and at least one entry', () => {
  const log = logOf('x'.repeat(1_000), 'y', 'z');
  expect(log.take(0, 10).map(({ seq }) => seq)).toEqual([1]);
  expect(log.take(1, 10_000).map(({ seq }) => seq)).toEqual([2, 3]);
  expect(log.take(3, 10_000)).toEqual([]);
});

test('a batch is measured in bytes as they are written: UTF-8, and what frames an entry', () => {
  const log = logOf(...Array.from({ length: 2_000 }, () => '語'.repeat(20)));
  const batch = log.take(0, MAX_BATCH_BYTES);
  const framed = batch.map(({ seq, json }) => `id: ${log.id}.${seq}\ndata: ${json}\n\n`).join('');
  expect(Buffer.byteLength(framed)).toBeLessThanOrEqual(MAX_BATCH_BYTES);
  expect(Buffer.byteLength(framed)).toBeGreaterThan(MAX_BATCH_BYTES / 2);
});

test('a reader that is behind gets one large batch, one that has caught up gets what comes', async () => {
  const log = logOf('a', 'b', 'c');
  const reader = log.read(1);
  expect((await reader.next()).value?.map(({ seq }) => seq)).toEqual([2, 3]);
  const next = reader.next();
  log.append(delta('d'));
  expect((await next).value?.map(({ seq }) => seq)).toEqual([4]);
});

test('entries appended in one tick wake a reader once, with all of them', async () => {
  const log = logOf();
  const next = log.read(0).next();
  log.append(delta('a'));
  log.append(delta('b'));
  expect((await next).value?.map(({ seq }) => seq)).toEqual([1, 2]);
});

test('a batch wakes readers once, at its end, also when it throws half-way', async () => {
  const log = logOf();
  const next = log.read(0).next();
  const write = () => {
    log.append(delta('a'));
    log.append(delta('b'));
    throw new Error('half-way');
  };
  expect(() => log.batch(write)).toThrow('half-way');
  expect((await next).value?.map(({ seq }) => seq)).toEqual([1, 2]);
});

test('the terminal event ends every reader, late ones too', async () => {
  const log = logOf('a');
  const early = readAll(log.read(0));
  log.append({ type: 'message_stop' });
  expect((await early).map(({ seq }) => seq)).toEqual([1, 2]);
  expect(log.terminal).toEqual({ seq: 2, type: 'message_stop' });
  expect(await readAll(log.read(1))).toHaveLength(1);
  expect(await readAll(log.read(2))).toEqual([]);
  expect(log.readerCount).toBe(0);
  expect(() => log.append(delta('late'))).toThrow(/has ended/);
});

test('an abort ends a waiting reader and leaves no listener behind', async () => {
  const log = logOf('a');
  const controller = new AbortController();
  const reading = readAll(log.read(0, { signal: controller.signal }));
  await settle();
  expect(log.readerCount).toBe(1);
  controller.abort();
  expect(await reading).toHaveLength(1);
  expect(log.readerCount).toBe(0);
});

test('a signal that was aborted before reads nothing, and still reports the end of the reader', async () => {
  let closed = 0;
  const log = logOf('a');
  expect(await readAll(log.read(0, { signal: AbortSignal.abort(), onClose: () => (closed += 1) }))).toEqual([]);
  expect([closed, log.readerCount]).toEqual([1, 0]);
});

test('leaving the loop detaches the reader', async () => {
  const log = logOf('a', 'b');
  for await (const _ of log.read(0, { maxBatchBytes: 1 })) break;
  expect(log.readerCount).toBe(0);
});

test('readers at different places get identical entries and do not disturb each other', async () => {
  const log = logOf('a', 'b');
  const slow = log.read(0, { maxBatchBytes: 1 });
  await slow.next();
  const fast = readAll(log.read(0));
  log.append(delta('c'));
  log.append({ type: 'message_stop' });
  const rest = await readAll(slow);
  expect(rest).toEqual((await fast).slice(1));
});
