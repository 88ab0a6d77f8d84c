import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Generations, type StartRequest } from '@tokenwire/generation-log';
import type { GenerationRequest, StreamEvent } from '@tokenwire/protocol';
import { VirtualClock } from '@tokenwire/protocol/testing';
import {
  createSources,
  isRecordingName as serverTakes,
  MAX_RECORDING_BYTES as SERVER_LIMIT,
  parseRecording,
} from '@tokenwire/token-source';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PaneRecord } from '../../web/src/pane/pane-record.js';
import { isRecordingName, MAX_RECORDING_BYTES, recordingName, recordingOf } from '../../web/src/share/recording.js';

const REQUEST = { model: 'tiny', prompt: 'About "lighthouses"\n', maxTokens: 150, temperature: 0.8, seed: 7 };
const CREATED = new Date('2026-01-02T03:04:05.000Z');

let recordingsDir: string;
beforeAll(async () => {
  recordingsDir = await mkdtemp(join(tmpdir(), 'tokenwire-shared-'));
});
afterAll(() => rm(recordingsDir, { recursive: true }));

interface Answer {
  readonly events: readonly StreamEvent[];
  /** By seq: when it was due, or else appended, in milliseconds after the first event. */
  readonly dueMs: readonly number[];
}

/** What is asked for beside what is usual. */
type Fields = Partial<Pick<StartRequest, 'model' | 'maxTokens' | 'temperature' | 'logprobs' | 'cadence'>>;

/** What a server's log has of an answer, in virtual time. */
async function answer(fields: Fields): Promise<Answer> {
  const clock = new VirtualClock({ startMs: 500 });
  const sources = createSources({ recordingsDir });
  const generations = new Generations({ resolve: (model) => sources.resolve(model), clock });
  const { prompt, ...others } = { ...REQUEST, ...fields };
  const generation = generations.start({
    ...{ messages: [{ role: 'user', content: prompt }], tools: [], thinking: false, onDisconnect: 'continue' },
    ...others,
  });
  const entries = await clock.runUntil(
    (async () => {
      const all = [];
      for await (const batch of generation.read(0)) all.push(...batch);
      return all;
    })(),
  );
  const dueMs: number[] = [];
  for (const { seq } of entries) {
    const timing = generation.log.timing(seq);
    dueMs[seq] = Number.isNaN(timing.dueMs) ? timing.appendedMs : timing.dueMs;
  }
  const zero = dueMs[1] ?? 0;
  return { events: entries.map(({ json }) => JSON.parse(json) as StreamEvent), dueMs: dueMs.map((ms) => ms - zero) };
}

/** A pane that has seen an answer: began at 10 000, each event 40 ms after it was due. */
function paneOf({ events, dueMs }: Answer, known = true): PaneRecord {
  const record = new PaneRecord('sse', 'sse', 'lane');
  record.startMs = 10_000;
  for (const event of events) {
    const ms = 10_000 + (dueMs[event.seq] ?? 0);
    record.take(event, ms + 40);
    if (known) record.dueMs[event.seq] = ms;
  }
  return record;
}

const record = (pane: PaneRecord, request: GenerationRequest | undefined = REQUEST): string =>
  recordingOf(pane, { request, createdAt: CREATED });

/** An answer's events but for its id and the model's name, which a replay has of its own. */
const said = ({ events }: Answer): readonly object[] =>
  events.map((event) => (event.type === 'message_start' ? { ...event, id: '', model: '' } : event));

describe('a recording that the page makes', () => {
  test.each<Fields>([
    { model: 'tiny', logprobs: 10 },
    { model: 'tiny', temperature: 0, maxTokens: 5 },
    { model: 'sim', cadence: { ttftMs: 0, tokensPerSecond: 200, burst: 8 } },
    { model: 'sim/ugly' },
    { model: 'sim/structured' },
    { model: 'sim/hostile' },
    { model: 'replay/hello' },
  ])('of %j is read by the server, and replays the very same events at the same times', async (fields) => {
    const original = await answer(fields);
    const name = recordingName(fields.model ?? '', REQUEST.seed);
    const text = record(paneOf(original));
    expect(parseRecording(text).header).toMatchObject({ model: fields.model, createdAt: CREATED.toISOString() });
    await writeFile(join(recordingsDir, `${name}-again.jsonl`), text);
    const again = await answer({ model: `replay/${name}-again`, maxTokens: 1_000 });
    expect(said(again)).toEqual(said(original));
    expect(again.events.length).toBeGreaterThan(5);
    for (const [seq, ms] of original.dueMs.entries()) if (seq > 0) expect(again.dueMs[seq]).toBeCloseTo(ms, 2);
  });

  test('has the times of arrival where nobody knows when the tokens were due', async () => {
    const original = await answer({ model: 'sim/structured' });
    const { lines } = parseRecording(record(paneOf(original, false)));
    const first = original.events.findIndex(({ type }) => type === 'content_block_delta') + 1;
    expect(lines[0]?.atMs).toBeCloseTo((original.dueMs[first] ?? 0) + 40, 2);
    // What is no token came with the token before it, as far as anybody knows.
    expect(lines.at(-1)?.atMs).toBe(lines.at(-2)?.atMs);
  });

  test('has the times of arrival as well while some due times are unknown', async () => {
    const original = await answer({ model: 'sim' });
    const pane = paneOf(original);
    for (const seq of [4, 5, 6, 9]) Reflect.deleteProperty(pane.dueMs, seq);
    expect(record(pane)).toBe(record(paneOf(original, false)));
  });

  test('never goes back in time, though clocks are corrected', async () => {
    const pane = paneOf(await answer({ model: 'sim' }));
    for (const seq of [4, 5, 6, 9]) pane.dueMs[seq]! -= 500;
    expect(() => parseRecording(record(pane))).not.toThrow();
  });

  test('has the request as messages, or leaves it out', async () => {
    const pane = paneOf(await answer({}));
    expect(parseRecording(record(pane)).header.request).toEqual({
      ...{ messages: [{ role: 'user', content: REQUEST.prompt }], maxTokens: 150, temperature: 0.8, seed: 7 },
    });
    const anonymous = recordingOf(pane, { request: undefined, createdAt: CREATED });
    expect(parseRecording(anonymous).header.request).toBeUndefined();
  });
});

describe('what is no whole answer is refused with a sentence', () => {
  const start = { seq: 1, type: 'message_start', id: 'gen_x', model: 'sim' } as const;
  const block = (seq: number, index: number) =>
    ({ seq, type: 'content_block_start', index, block: { type: 'text' } }) as const;
  const delta = (seq: number, index = 0) =>
    ({ seq, type: 'content_block_delta', index, delta: { type: 'text_delta', text: 'a' } }) as const;
  const close = (seq: number, index = 0) => ({ seq, type: 'content_block_stop', index }) as const;
  const end = (seq: number) => [
    { seq, type: 'message_delta', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 1 } } as const,
    { seq: seq + 1, type: 'message_stop' } as const,
  ];

  test.each<[string, readonly StreamEvent[], RegExp]>([
    ['nothing', [], /no answer yet/],
    ['an answer that still comes', [start, block(2, 0), delta(3)], /not complete yet/],
    ['a stopped one', [start, { seq: 2, type: 'cancelled', by: 'client' }], /was stopped/],
    [
      'a failed one',
      [start, { seq: 2, type: 'error', error: { code: 'upstream_error', message: 'no', retryable: true } }],
      /failed/,
    ],
    ['the rest of one', [delta(7), close(8), ...end(9)], /not seen the whole/],
    ['one with a hole', [start, block(2, 0), delta(4), close(5), ...end(6)], /not seen the whole/],
    ['an empty block', [start, block(2, 0), close(3), ...end(4)], /blocks/],
    [
      'two blocks of text in a row',
      [start, block(2, 0), delta(3), close(4), block(5, 1), delta(6, 1), close(7, 1), ...end(8)],
      /blocks/,
    ],
  ])('%s', (_, events, sentence) => {
    const pane = new PaneRecord('sse', 'sse', 'lane');
    for (const event of events) pane.take(event, 0);
    expect(() => record(pane)).toThrow(sentence);
  });
});

test('names of files are such that the server takes them, and the limit is the server’s', () => {
  for (const name of ['tiny', 'a-b-1', '', 'A', 'a/b', 'a.b', '-', 'x'.repeat(64), 'x'.repeat(65), 'ä']) {
    expect([name, isRecordingName(name)]).toEqual([name, serverTakes(name)]);
  }
  for (const model of ['tiny', 'sim/ugly', 'openai/gpt-4o:2', '///', 'X'.repeat(300)]) {
    expect(serverTakes(recordingName(model, 7))).toBe(true);
    expect(serverTakes(recordingName(model, undefined))).toBe(true);
  }
  expect(MAX_RECORDING_BYTES).toBe(SERVER_LIMIT);
});
