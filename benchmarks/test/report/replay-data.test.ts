import { describe, expect, it } from 'vitest';

import { replayData, stallsOf } from '../../src/report/html/replay/replay-data.js';
import type { ReplayLane } from '../../src/report/model.js';

const lane = (arrivalsMs: readonly number[], dueMs: readonly number[], target = 'sse'): ReplayLane => ({
  ...{ target, kind: 'ours', tokens: arrivalsMs.map(String), arrivalsMs, dueMs },
});

describe('a stall', () => {
  it('is a gap of more than three due gaps, from when the token was due', () => {
    expect(stallsOf(lane([101, 121, 191], [100, 120, 140]))).toEqual([{ fromMs: 140, toMs: 191 }]);
    expect(stallsOf(lane([101, 121, 181], [100, 120, 140]))).toEqual([]);
  });

  it('is none below 50 ms: that is a timer, and nobody sees it', () => {
    expect(stallsOf(lane([100, 149], [100, 101]))).toEqual([]);
    expect(stallsOf(lane([100, 150], [100, 101]))).toEqual([{ fromMs: 101, toMs: 150 }]);
  });

  it('is nothing new for more than 250 ms while a token was due, before the first one too', () => {
    expect(stallsOf(lane([451], [200]))).toEqual([{ fromMs: 200, toMs: 451 }]);
    expect(stallsOf(lane([450], [200]))).toEqual([]);
    // 301 ms is less than three due gaps of 200 ms, but the token was due after 40 ms of it.
    expect(stallsOf(lane([160, 461], [0, 200]))).toEqual([{ fromMs: 200, toMs: 461 }]);
  });

  it('is no pause of the model: then nothing is due', () => {
    expect(stallsOf(lane([100, 1101], [100, 1100]))).toEqual([]);
  });

  it('is one each for the heaps of polling, and none inside of a heap', () => {
    const due = Array.from({ length: 20 }, (_, index) => 10 + index * 25);
    const arrivals = due.map((ms) => Math.ceil(ms / 250) * 250);
    // The first heap came 240 ms after its first token was due: less than 250, and nothing came before it.
    expect(stallsOf(lane(arrivals, due))).toEqual([{ fromMs: 260, toMs: 500 }]);
  });

  it('is not known without a timetable', () => {
    expect(stallsOf(lane([100, 900], []))).toEqual([]);
  });
});

describe('what the player gets', () => {
  it('holds each text once, tenths of milliseconds, and the end of the slowest lane', () => {
    const data = replayData([
      lane([1.26, 2], [1, 2]),
      { ...lane([5.04], [5], 'ws'), tokens: ['x'] },
      lane([1, 2], [1, 2]),
    ]);
    expect(data.texts).toEqual([['1.26', '2'], ['x'], ['1', '2']]);
    expect(data.lanes.map(({ text }) => text)).toEqual([0, 1, 2]);
    expect(data.lanes[0]?.arrivalsMs).toEqual([1.3, 2]);
    expect(data.endMs).toBe(5);
    expect(replayData([lane([1, 2], []), lane([1, 2], [])]).texts).toHaveLength(1);
  });
});
