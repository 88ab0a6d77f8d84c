import { describe, expect, test } from 'vitest';
import { SseDecoder } from '../src/openai/sse-decoder.js';

function decode(parts: readonly string[], maxChars = 1_000): string[] {
  const decoder = new SseDecoder(maxChars);
  const events: string[] = [];
  for (const part of parts) decoder.push(part, events);
  return events;
}

const STREAM =
  ': comment\n\ndata: one\n\nevent: x\nid: 1\ndata:two\ndata\ndata:  three\n\nretry: 1\n\ndatabase: no\n\ndata: {"a":"\u00e9\u{1f600}"}\n\n';
const EVENTS = ['one', 'two\n\n three', '{"a":"\u00e9\u{1f600}"}'];

describe('SseDecoder', () => {
  test.each(['\n', '\r\n', '\r'])('reads events with %j as line end, whole and character by character', (end) => {
    const stream = STREAM.replaceAll('\n', end);
    expect(decode([stream])).toEqual(EVENTS);
    expect(decode(stream.split(''))).toEqual(EVENTS);
    for (let at = 0; at <= stream.length; at += 1)
      expect(decode([stream.slice(0, at), stream.slice(at)])).toEqual(EVENTS);
  });

  test('drops a byte order mark at the start only', () => {
    expect(decode(['\ufeffdata: a\n\n', '\ufeffdata: b\n\n'])).toEqual(['a']);
  });

  test('flush gives the event whose empty line is missing', () => {
    const decoder = new SseDecoder(100);
    const events: string[] = [];
    decoder.push('data: [DONE]', events);
    decoder.flush(events);
    decoder.flush(events);
    expect(events).toEqual(['[DONE]']);
  });

  test('an endless line is refused, in one piece, in many, and as many data lines', () => {
    const tooLong = expect.objectContaining({ code: 'upstream_protocol' });
    expect(() => decode([`data: ${'x'.repeat(1_000)}`])).toThrow(tooLong);
    expect(() => decode(Array.from({ length: 1_001 }, () => 'x'))).toThrow(tooLong);
    expect(() => decode(Array.from({ length: 1_001 }, () => 'data: x\n'))).toThrow(tooLong);
    expect(decode([`data: ${'x'.repeat(994)}\n\n`])).toHaveLength(1);
  });
});
