import { describe, expect, it } from 'vitest';

import { cpuFromMetrics } from '../src/compare/cpu.js';
import { InvalidMeasurement } from '../src/compare/failures.js';
import type { StreamRecord } from '../src/compare/measure-stream.js';
import { sha256 } from '../src/compare/sha256.js';
import { validateEqual, validateStream } from '../src/compare/validate.js';

const good: StreamRecord = {
  id: 'gen_1',
  startMs: 0,
  endMs: 10,
  arrivals: [3, 4].map((seq) => ({ seq, tokens: 1, atMs: seq, empty: false })),
  text: 'Hello',
  seqs: [1, 2, 3, 4, 5, 6],
  terminals: ['message_stop'],
  requests: 1,
  reconnects: 0,
  payloadBytes: 100,
};
const check =
  (change: Partial<StreamRecord>, text = 'Hello') =>
  () =>
    validateStream('sse, block 1, stream 1', { ...good, ...change }, text);

describe('a stream that may be measured', () => {
  it('has every event once and in order, one end, and the server’s text', () => {
    expect(check({})).not.toThrow();
  });

  it.each([
    ['a lost token', { seqs: [1, 2, 4, 5, 6] }, 'event 3 is missing'],
    ['a duplicated token', { seqs: [1, 2, 3, 3, 4, 5, 6] }, 'event 3 came twice or late'],
    ['a token out of order', { seqs: [1, 2, 4, 3, 5, 6] }, 'event 3 is missing'],
    ['no end', { terminals: [] }, '0 terminal events'],
    ['two ends', { terminals: ['message_stop', 'message_stop'] }, '2 terminal events'],
    ['a cancelled answer', { terminals: ['cancelled'] }, 'ended with cancelled'],
    ['a resumed connection', { reconnects: 1 }, 'cut and resumed'],
    ['another text', { text: 'Hell' }, 'differs'],
    ['a single token', { arrivals: good.arrivals.slice(0, 1) }, 'less than two tokens'],
  ] satisfies [string, Partial<StreamRecord>, string][])('gives no number for %s', (_, change, message) => {
    expect(check(change)).toThrow(InvalidMeasurement);
    expect(check(change)).toThrow(message);
    expect(check(change)).toThrow('sse, block 1, stream 1');
  });
});

describe('streams that may be compared', () => {
  const stream = (mode: string, text = 'Hello', traceUs: number[] | null = [0, 10]) => {
    return { mode, sha256: sha256(text), traceUs };
  };

  it('carried the same text on the same timetable', () => {
    expect(validateEqual([stream('sse'), stream('chunked')])).toBe(sha256('Hello'));
    expect(validateEqual([stream('sse', 'Hello', null), stream('chunked', 'Hello', null)])).toBe(sha256('Hello'));
  });

  it('names the modes whose texts differ', () => {
    const differing = () => validateEqual([stream('sse'), stream('chunked', 'Hallo')]);
    expect(differing).toThrow(InvalidMeasurement);
    expect(differing).toThrow(/sse → .*chunked → /);
  });

  it('notices a timetable that differs by a microsecond', () => {
    expect(() => validateEqual([stream('sse'), stream('chunked', 'Hello', [0, 11])])).toThrow('timetables differ');
  });
});

describe('CPU time from /metrics', () => {
  it('is user and kernel together, in microseconds', () => {
    const metrics = '# TYPE x gauge\nprocess_cpu_user_seconds_total 1.5\nprocess_cpu_system_seconds_total 0.25\n';
    expect(cpuFromMetrics(metrics)).toBeCloseTo(1_750_000, 3);
  });

  it('is not guessed', () => {
    expect(() => cpuFromMetrics('process_cpu_user_seconds_total 1.5\n')).toThrow(InvalidMeasurement);
  });
});
