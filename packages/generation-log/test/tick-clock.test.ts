import { VirtualClock } from '@tokenwire/protocol/testing';
import { expect, test, vi } from 'vitest';

import { TickClock } from '../src/index.js';

/** Real time, but nothing here asserts how long anything took, only order and completeness. */
const later = (clock: TickClock, delayMs: number) =>
  new Promise<number>((resolve) => clock.after(delayMs, () => resolve(clock.now())));

test('no timer runs before it is due', async () => {
  const clock = new TickClock();
  const start = clock.now();
  const delays = Array.from({ length: 300 }, (_, n) => (n * 7.3) % 120);
  const fired = await Promise.all(delays.map((delayMs) => later(clock, delayMs)));
  for (const [n, at] of fired.entries()) expect(at - start).toBeGreaterThanOrEqual(delays[n] ?? 0);
});

test('timers that are set by timers run, those of no delay too', async () => {
  const clock = new TickClock();
  for (const delayMs of [0, 0.2, 1, 5, 0]) await later(clock, delayMs);
  await later(clock, 300);
});

test('a timer that was called off never runs, and calling off again does nothing', async () => {
  const clock = new TickClock();
  const action = vi.fn<() => void>();
  const callOff = clock.after(3, action);
  callOff();
  callOff();
  await later(clock, 20);
  expect(action).not.toHaveBeenCalled();
});

test('calling off the last timer leaves nothing that keeps the process alive', async () => {
  const active = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = active();
  const clock = new TickClock();
  const callOffs = [10, 20, 200].map((delayMs) => clock.after(delayMs, () => {}));
  expect(active()).toBe(before + 1);
  for (const callOff of callOffs) callOff();
  expect(active()).toBe(before);
  await later(clock, 1);
  expect(active()).toBe(before);
});

test('an action may call off a timer of the same moment', async () => {
  const clock = new TickClock();
  const second = vi.fn<() => void>();
  const callOffs: (() => void)[] = [];
  clock.after(2, () => callOffs[0]?.());
  callOffs.push(clock.after(2.0001, second));
  await later(clock, 10);
  expect(second).not.toHaveBeenCalled();
});

test('a process that was blocked for longer than the ring runs everything once', async () => {
  const clock = new TickClock();
  let runs = 0;
  const all = Promise.all(Array.from({ length: 250 }, (_, n) => later(clock, n).then(() => (runs += 1))));
  const end = performance.now() + 400;
  while (performance.now() < end);
  await all;
  expect(runs).toBe(250);
});

test('on another clock it keeps that time, shares its timers and leaves none', async () => {
  const base = new VirtualClock({ startMs: 0.75 });
  const clock = new TickClock(base);
  const fired: number[] = [];
  for (const delayMs of [5, 5, 0.5, 300, 5.25]) clock.after(delayMs, () => void fired.push(base.now()));
  expect(base.pending, 'one for the four short ones').toBe(2);
  await base.advance(1_000);
  expect(fired).toEqual([1.25, 5.75, 5.75, 6, 300.75]);
  expect([clock.now(), base.pending]).toEqual([1_000.75, 0]);
});
