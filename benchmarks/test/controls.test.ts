import { describe, expect, it } from 'vitest';

import { EventReader, Splitter } from '../src/drivers/event-reader.js';
import { read as readNet } from '../src/drivers/net.js';
import { Recorder } from '../src/agent/recorder.js';
import { nowMs } from '../src/compare/clock.js';
import { problemOf } from '../src/run/streams.js';
import { CONTROLS, NULL_FRAMINGS, nullServer } from '../src/targets/controls.js';
import { ours } from '../src/targets/ours.js';
import { Notes, readWith, TargetServer } from './support/target-server.js';
import { describeTarget, TRACE } from './support/target-suite.js';

for (const target of CONTROLS) describeTarget(target);

const MODES = ['chunked', 'sse', 'websocket'] as const;

describe('the null server', () => {
  it.each(MODES.flatMap((mode) => [0, 1, 7].map((perWrite) => [mode, perWrite] as const)))(
    'is understood by the client and by the lean reader of %s, %i events a write',
    async (mode, perWrite) => {
      await using server = await TargetServer.start((setup) => nullServer(mode, setup, perWrite), TRACE);
      for (const reader of [ours(mode), { driver: LEAN[mode], options: {} }]) {
        const { texts, missing, repeated } = await readWith(reader, { url: server.url, trace: TRACE.name });
        expect([texts, missing, repeated]).toEqual([TRACE.texts, 0, 0]);
      }
    },
  );

  it('has a framing for each mode whose answer is one response', () => {
    expect(Object.keys(NULL_FRAMINGS)).toEqual(MODES);
  });
});

const LEAN = { chunked: 'ndjson', sse: 'sse', websocket: 'websocket' } as const;

const bareNet = CONTROLS.find(({ name }) => name === 'net') ?? expect.fail('no control on net');

describe('what a control says', () => {
  it('is no answer that counts when it is another text, of the same length', async () => {
    const texts = TRACE.texts.with(7, ' wrong');
    await using server = await TargetServer.start(bareNet.server, { ...TRACE, texts });
    const recorder = new Recorder(0, nowMs(), () => {});
    const signal = new AbortController().signal;
    await readNet({ url: server.url, stream: 0, trace: TRACE.name, texts: TRACE.texts, options: {}, signal }, recorder);
    recorder.end();
    expect(problemOf(recorder.notes(), TRACE, 'whole')).toBe('stream 0: the text is not that of the trace');
    expect(problemOf(recorder.notes(), { ...TRACE, texts }, 'whole')).toBe('');
  });
});

describe('lean readers', () => {
  const event = (seq: number) => `{"seq":${seq},"type":"content_block_delta","delta":{"type":"text_delta","text":"a"}}`;

  it('count what is missing, and what comes twice', () => {
    const notes = new Notes();
    const reader = new EventReader(notes);
    for (const seq of [1, 2, 2, 5, 4, 6]) reader.read(event(seq));
    expect([notes.missing, notes.repeated, reader.finished]).toEqual([2, 2, false]);
  });

  it('are finished with the terminal event, and fail with an answer that failed', () => {
    const reader = new EventReader(new Notes());
    reader.read('{"seq":1,"type":"message_stop"}');
    expect(reader.finished).toBe(true);
    expect(() => new EventReader(new Notes()).read('{"seq":1,"type":"cancelled","by":"client"}')).toThrow('cancelled');
  });

  it('find the same parts however a text is cut', () => {
    const text = 'one\n\ntwo\nthree\n\n\n\nfour\n\nrest';
    for (let size = 1; size <= text.length; size += 1) {
      const parts: string[] = [];
      const splitter = new Splitter('\n\n', (part) => parts.push(part));
      for (let at = 0; at < text.length; at += size) splitter.hear(text.slice(at, at + size));
      expect([size, parts]).toEqual([size, ['one', 'two\nthree', 'four']]);
    }
  });

  it.each(MODES)('read our own %s server', async (mode) => {
    await using server = await TargetServer.start(ours(mode).server, TRACE);
    const reader = { driver: LEAN[mode], options: {} };
    const { texts, ids } = await readWith(reader, { url: server.url, trace: TRACE.name });
    expect(texts).toEqual(TRACE.texts);
    expect(ids).toEqual([expect.stringMatching(/^gen_/)]);
    await expect(readWith(reader, { url: server.url, trace: 'missing' })).rejects.toThrow(/answered 4|refused/);
  });
});
