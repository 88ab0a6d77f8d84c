import { expect, test } from 'vitest';

import { TapQueue } from '../../src/host/tap.js';

const MIB = 1024 * 1024;
const piece = (bytes: number, way: 'up' | 'down' = 'down', connection = 0) =>
  ({ lane: 'a', connection, way, atMs: 1, bytes: Buffer.alloc(bytes, 'x') }) as const;

test('pieces come as they were put in, in order, in batches of limited size', () => {
  const queue = new TapQueue();
  for (const size of [1, 200_000, 100_000, 3]) queue.add(piece(size));
  const sizes = () => queue.take().map(({ data }) => Buffer.from(data, 'base64').length);
  expect(sizes()).toEqual([1, 200_000]);
  expect(sizes()).toEqual([100_000, 3]);
  expect(queue.isEmpty).toBe(true);
});

test('a page that takes nothing costs a limited amount of memory, and is told how much it missed', () => {
  const queue = new TapQueue();
  for (let index = 0; index < 100; index += 1) queue.add(piece(100_000));
  queue.add(piece(7, 'up'));
  queue.end({ lane: 'a', connection: 0, atMs: 2, end: 'fin' });
  const all = [];
  while (!queue.isEmpty) all.push(...queue.take());
  const taken = all.reduce((sum, { data }) => sum + Buffer.from(data, 'base64').length, 0);
  expect(taken).toBeLessThan(2 * MIB);
  expect(all.slice(-2)).toEqual([
    { lane: 'a', connection: 0, way: 'up', atMs: 2, data: '', missed: 7 },
    { lane: 'a', connection: 0, way: 'down', atMs: 2, data: '', end: 'fin', missed: 100 * 100_000 - taken },
  ]);
});

test('after a gap the next piece of the same direction says how long it was', () => {
  const queue = new TapQueue();
  for (let index = 0; index < 30; index += 1) queue.add(piece(100_000));
  let taken = 0;
  while (!queue.isEmpty) taken += queue.take().length;
  queue.add(piece(1, 'up'));
  queue.add(piece(2, 'down', 1));
  queue.add(piece(3));
  queue.add(piece(4));
  expect(queue.take().map(({ missed }) => missed)).toEqual([undefined, undefined, (30 - taken) * 100_000, undefined]);
});

test('tiny pieces count for what they cost', () => {
  const queue = new TapQueue();
  for (let index = 0; index < 100_000; index += 1) queue.add(piece(1));
  let count = 0;
  while (!queue.isEmpty) count += queue.take().length;
  expect(count).toBeLessThan(10_000);
});
