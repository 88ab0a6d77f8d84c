import { MODES } from '@tokenwire/protocol';
import { describe, expect, test } from 'vitest';
import type { PaneHandle } from '../../web/src/pane/handle.js';
import { PaneRecord } from '../../web/src/pane/pane-record.js';
import { readoutText } from '../../web/src/timeline/charts/readout.js';
import { describe as sentences } from '../../web/src/timeline/data/describe.js';
import { figuresOf, timeSteps } from '../../web/src/timeline/data/figures.js';
import { RaceView } from '../../web/src/timeline/data/race-view.js';

const START_MS = 50_000;

interface Paned {
  readonly pane: PaneHandle;
  readonly record: PaneRecord;
}

/** A pane that got a token every 20 ms from 300 ms on, `delay` after it was due. */
function paneOf(key: string, tokens: number, delay: (dueMs: number) => number): Paned {
  const record = new PaneRecord(key, MODES[0]!, key);
  record.startMs = START_MS;
  for (let seq = 1; seq <= tokens; seq += 1) {
    const dueMs = START_MS + 300 + seq * 20;
    const delta = { type: 'text_delta', text: 'a' } as const;
    record.take({ type: 'content_block_delta', seq, index: 0, delta, tokens: 1 }, dueMs + delay(dueMs));
    record.dueMs[seq] = dueMs;
  }
  return { record, pane: { key, title: key.toUpperCase(), record } as unknown as PaneHandle };
}

/** Until the next half second. */
const toPoll = (dueMs: number): number => 500 - (dueMs % 500);

function raceOf(...panes: readonly Paned[]): RaceView {
  const view = new RaceView();
  view.setPanes(panes.map(({ pane }) => pane));
  view.update(START_MS + 10_000);
  return view;
}

describe('a race', () => {
  test('has figures of each pane', () => {
    const view = raceOf(
      paneOf('a', 100, () => 2),
      paneOf('b', 100, toPoll),
    );
    const [quick, polled] = figuresOf(view);
    expect(quick).toMatchObject({ title: 'A', tokens: 100, usual: 1, largest: 1, latency: { p50: 2, max: 2 } });
    expect(quick!.itl).toMatchObject({ count: 99, p50: 20, max: 20 });
    expect(polled).toMatchObject({ tokens: 100, usual: 25, largest: 25, itl: { p50: 0, p95: 0, max: 500 } });
    expect(polled!.latency.max).toBe(500);
  });

  test('ends when its last pane ends, and lasts until now before', () => {
    const [one, other] = [paneOf('a', 10, () => 2), paneOf('b', 10, () => 2)];
    one.record.endMs = START_MS + 600;
    const view = raceOf(one, other);
    expect([view.running, view.elapsedMs]).toEqual([true, 10_000]);
    other.record.endMs = START_MS + 700;
    view.update(START_MS + 20_000);
    expect([view.running, view.elapsedMs]).toEqual([false, 700]);
  });

  test('keeps what it knows of a pane that stays', () => {
    const [one, other] = [paneOf('a', 10, () => 2), paneOf('b', 10, () => 2)];
    const view = raceOf(one, other);
    const track = view.rows[1]!.track;
    view.setPanes([other.pane]);
    expect(view.rows[0]!.track).toBe(track);
  });

  test('takes the timetable of the first pane of which nearly all is known', () => {
    const view = raceOf(
      paneOf('a', 20, toPoll),
      paneOf('b', 100, () => 2),
      paneOf('c', 100, () => 3),
    );
    expect(view.reference?.pane.key).toBe('b');
    expect(raceOf(paneOf('a', 0, () => 0)).reference).toBeUndefined();
  });

  test('as a table has every token once', () => {
    const ended = paneOf('a', 100, () => 2);
    const polled = paneOf('b', 100, toPoll);
    for (const { record } of [ended, polled]) record.endMs = START_MS + 2_600;
    const steps = timeSteps(raceOf(ended, polled));
    expect(steps.length).toBeLessThanOrEqual(40);
    expect(steps.at(-1)!.toMs).toBeGreaterThanOrEqual(2_600);
    for (const column of [0, 1]) expect(steps.reduce((sum, { tokens }) => sum + tokens[column]!, 0)).toBe(100);
    expect(steps.reduce((sum, { due }) => sum + (due ?? 0), 0)).toBe(100);
  });

  test('as a table stays readable after an hour', () => {
    const { pane, record } = paneOf('a', 10, () => 2);
    record.endMs = START_MS + 3_600_000;
    expect(timeSteps(raceOf({ pane, record })).length).toBeLessThanOrEqual(40);
  });

  test('is told in a sentence', () => {
    const silent = paneOf('a', 40, (dueMs) => (dueMs > START_MS + 800 ? 2_000 : 2));
    silent.record.endMs = START_MS + 4_000;
    const { arrivals, steps, itl } = sentences(figuresOf(raceOf(silent)));
    expect(arrivals).toBe(
      'Arrival of tokens over time. A: 40 tokens in 4.00 s, one by one, silent for 2.02 s from 802 ms.',
    );
    expect(steps).toContain('A: half of the tokens at most 2.0 ms late, 95 percent at most 2.00 s');
    expect(itl).toContain('A: median 20 ms, longest 2.02 s');
  });

  test('without a token says so', () => {
    expect(sentences(figuresOf(raceOf(paneOf('a', 0, () => 0)))).arrivals).toBe('Nothing has arrived yet.');
  });

  test('tells at any moment who is behind the model', () => {
    const view = raceOf(
      paneOf('a', 100, () => 2),
      paneOf('b', 100, toPoll),
    );
    expect(readoutText(view, 0.71)).toBe('At 710 ms: model 20 · A 20 · B 9 (11 behind)');
  });
});
