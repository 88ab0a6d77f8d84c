import { expect, test } from 'vitest';

import { VirtualClock } from '../src/testing/index.js';

test('timers fire in order of their due times, at exactly that time, also those set on the way', async () => {
  const clock = new VirtualClock({ startMs: 0 });
  const fired: [string, number][] = [];
  const note = (name: string) => () => void fired.push([name, clock.now()]);
  clock.after(20, note('b'));
  clock.after(10.5, () => (note('a')(), clock.after(1, note('set on the way'))));
  clock.after(20, note('c'));
  clock.after(99, note('too late'));
  await clock.advance(50);
  expect(fired).toEqual([
    ['a', 10.5],
    ['set on the way', 11.5],
    ['b', 20],
    ['c', 20],
  ]);
  expect([clock.now(), clock.pending]).toEqual([50, 1]);
});

test('between two timers all promises settle', async () => {
  const clock = new VirtualClock();
  const seen: string[] = [];
  const hop = async (): Promise<void> => {
    for (let hops = 0; hops < 50; hops += 1) await Promise.resolve();
    seen.push('promise');
  };
  clock.after(1, () => void hop());
  clock.after(1, () => void seen.push('timer'));
  await clock.advance(1);
  expect(seen).toEqual(['promise', 'timer']);
});

test('a timer that was called off does not fire, and calling it off again takes no other one along', async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const callOff = clock.after(1, () => void fired.push('first'));
  clock.after(1, () => void fired.push('second'));
  callOff();
  callOff();
  expect(clock.pending).toBe(1);
  expect(await clock.runOut()).toBe(true);
  expect(fired).toEqual(['second']);
});

test('ties and lateness are the choice of whoever asks for it', async () => {
  const late = [0, 0, 0, 5];
  const clock = new VirtualClock({ startMs: 0, pickTie: (count) => count - 1, lateMs: () => late.shift() ?? 0 });
  const fired: [string, number][] = [];
  for (const name of ['a', 'b', 'c', 'd']) clock.after(10, () => void fired.push([name, clock.now()]));
  await clock.advance(20);
  expect(fired).toEqual([
    ['c', 10],
    ['b', 10],
    ['a', 10],
    ['d', 15],
  ]);
});

test('after a sleep what is overdue fires late, in order', async () => {
  const clock = new VirtualClock({ startMs: 0 });
  const fired: [string, number][] = [];
  for (const ms of [30, 10, 80]) clock.after(ms, () => void fired.push([`${ms}`, clock.now()]));
  clock.oversleep(60);
  expect(fired).toEqual([]);
  await clock.advance(100);
  expect(fired).toEqual([
    ['10', 60],
    ['30', 60],
    ['80', 80],
  ]);
});

test('runUntil gives what the promise gives, and up at its limit', async () => {
  const clock = new VirtualClock({ startMs: 0 });
  const after = (ms: number) => new Promise<number>((resolve) => clock.after(ms, () => resolve(clock.now())));
  expect(await clock.runUntil(after(1_000))).toBe(1_000);
  await expect(clock.runUntil(Promise.reject(new Error('mine')))).rejects.toThrow('mine');
  const tick = (): void => void clock.after(100, tick);
  tick();
  await expect(clock.runUntil(after(10_000), 5_000)).rejects.toThrow('Not settled after 5000 ms');
  expect(await clock.runOut(1_000)).toBe(false);
});
