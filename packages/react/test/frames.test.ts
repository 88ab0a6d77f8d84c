import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nextFrame } from '../src/frames.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A page, whose frames come when the test says. */
function page() {
  const due = new Map<number, () => void>();
  let count = 0;
  vi.stubGlobal('requestAnimationFrame', (action: () => void) => {
    count += 1;
    due.set(count, action);
    return count;
  });
  vi.stubGlobal('cancelAnimationFrame', (handle: number) => void due.delete(handle));
  return due;
}

test('with the frame of a page that is seen, once', () => {
  const due = page();
  const action = vi.fn();
  nextFrame(action);
  expect([due.size, vi.getTimerCount()]).toEqual([1, 1]);
  due.get(1)?.();
  expect(action).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

test('a page that is hidden has no frames: after 250 ms, and not again with the frame that comes later', () => {
  const due = page();
  const action = vi.fn();
  nextFrame(action);
  vi.advanceTimersByTime(249);
  expect(action).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(action).toHaveBeenCalledTimes(1);
  expect(due.size).toBe(0);
});

test('where there are no frames at all, after 250 ms', () => {
  const action = vi.fn();
  nextFrame(action);
  vi.advanceTimersByTime(250);
  expect(action).toHaveBeenCalledTimes(1);
});

test('called off, it leaves nothing', () => {
  const due = page();
  const action = vi.fn();
  nextFrame(action)();
  expect([due.size, vi.getTimerCount()]).toEqual([0, 0]);
});
