import { afterEach, describe, expect, test, vi } from 'vitest';
import { TokenwireError } from '@tokenwire/protocol';
import { type Device, thisDevice } from '../src/index.js';
import { ID, SHORT } from './support/answer.js';
import { drain } from './support/read.js';
import { type Script, type Step, script } from './support/script.js';
import type { StreamOptions } from '../src/index.js';

/** A machine that sleeps, wakes and loses its network when a test says so. */
class TestDevice implements Device {
  offline = false;
  /** Milliseconds that the wall clock is ahead of the monotonic one. */
  missedMs = 0;
  now = (): number => 0;
  readonly #listeners = new Set<() => void>();

  readonly onWake = (wake: () => void): (() => void) => {
    this.#listeners.add(wake);
    return () => void this.#listeners.delete(wake);
  };
  readonly isOffline = (): boolean => this.offline;
  readonly wallNow = (): number => this.now() + this.missedMs;

  get listeners(): number {
    return this.#listeners.size;
  }

  wake(): void {
    for (const wake of this.#listeners) wake();
  }
}

function onDevice(
  connections: readonly (readonly Step[])[],
  options: Partial<StreamOptions> = {},
): Script & { device: TestDevice } {
  const device = new TestDevice();
  const scripted = script(connections, { device, ...options });
  device.now = () => scripted.clock.now();
  return Object.assign(scripted, { device });
}

const lost = (): TypeError => new TypeError('no network');

describe('waking up', () => {
  test('ends a wait between two connections at once', async () => {
    const { stream, clock, device, attempts } = onDevice([[lost()], [SHORT]], { retry: { baseMs: 10_000 } });
    const done = drain(stream);
    await clock.advance(1_000);
    expect(attempts).toHaveLength(1);
    device.wake();
    await clock.advance(0);
    expect((await done).events).toEqual(SHORT);
    expect([clock.now(), clock.pending, device.listeners]).toEqual([1_000, 0, 0]);
  });

  test('leaves a connection alone that is silent for less than the limit', async () => {
    const { stream, clock, device, attempts } = onDevice([[[SHORT[0]], { bytesAfterMs: 30_000 }, SHORT.slice(1)]]);
    const done = drain(stream);
    await clock.advance(29_999);
    device.wake();
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT);
    expect(attempts).toHaveLength(1);
  });

  test('after ten minutes in which timers stood still replaces the connection at once, after the cursor', async () => {
    const { stream, clock, device, attempts } = onDevice([[SHORT.slice(0, 2), 'hang'], [SHORT.slice(2)]], {
      random: () => 0,
    });
    const done = drain(stream);
    await clock.advance(0);
    clock.oversleep(600_000);
    device.wake();
    await clock.advance(0);
    expect((await done).events).toEqual(SHORT);
    expect(attempts.map(({ cursor }) => cursor)).toEqual([undefined, `${ID}.2`]);
    expect(clock.now()).toBe(600_000);
  });

  test('does so, too, where the monotonic clock stood still as well', async () => {
    const { stream, clock, device } = onDevice([[SHORT.slice(0, 2), 'hang'], [SHORT.slice(2)]], { random: () => 0 });
    const done = drain(stream);
    await clock.advance(0);
    device.missedMs = 600_000;
    device.wake();
    await clock.advance(0);
    expect((await done).events).toEqual(SHORT);
    expect(clock.now()).toBe(0);
  });

  test('and what is gone by then is a gap, said clearly', async () => {
    const gone = new TokenwireError('cursor_expired', 'trimmed', { oldest: null });
    const { stream, clock, device } = onDevice([[SHORT.slice(0, 2), 'hang'], [gone]], { random: () => 0 });
    const done = drain(stream);
    await clock.advance(0);
    clock.oversleep(600_000);
    device.wake();
    await clock.advance(0);
    expect(await done).toMatchObject({ error: { code: 'cursor_expired', partialText: 'one ' } });
  });

  test('does not take an application that did not ask for a dead connection', async () => {
    const { stream, clock, device, attempts } = onDevice([[[SHORT[0]], SHORT.slice(1)]]);
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    clock.oversleep(600_000);
    device.wake();
    expect((await iterator.next()).value).toEqual(SHORT[1]);
    expect(attempts).toHaveLength(1);
    await iterator.return?.();
  });

  test('does not end a wait that the server asked for', async () => {
    const busy = new TokenwireError('overloaded', 'busy', { retryAfterMs: 30_000 });
    const { stream, clock, device, attempts } = onDevice([[busy], [SHORT]], { retry: { baseMs: 8_000 } });
    const done = drain(stream);
    await clock.advance(29_999);
    device.wake();
    await clock.advance(0);
    expect(attempts).toHaveLength(1);
    await clock.advance(1);
    device.wake();
    await clock.advance(0);
    expect([(await done).events.length, clock.now()]).toEqual([5, 30_000]);
  });

  test('begins a new count of attempts, but no shorter waits: only progress does that', async () => {
    const { stream, clock, device, attempts } = onDevice([[lost()]], { retry: { maxAttempts: 4 } });
    const done = drain(stream);
    await clock.advance(250 + 500);
    expect(attempts).toHaveLength(3);
    device.wake();
    await clock.runUntil(done);
    expect((await done).error).toMatchObject({ code: 'connection_lost' });
    const waits = attempts.slice(1).map(({ at }, i) => at - (attempts[i]?.at ?? 0));
    expect(waits).toEqual([250, 500, 0, 2_000, 4_000, 8_000]);
  });
});

describe('without a network', () => {
  test('attempts hardly count, and go on no faster than every ten seconds', async () => {
    const { stream, clock, device, attempts } = onDevice([...Array.from({ length: 60 }, () => [lost()]), [SHORT]]);
    const done = drain(stream);
    device.offline = true;
    await clock.advance(3_600_000 / 10);
    expect(attempts.length).toBeGreaterThan(20);
    expect(stream.status).toBe('reconnecting');
    device.offline = false;
    await clock.runUntil(done);
    expect(attempts.length).toBeLessThanOrEqual(20 + 41 + 10);
    expect((await done).error).toMatchObject({ code: 'connection_lost' });
  });

  test('it gives up all the same, within an hour', async () => {
    const { stream, clock, device, attempts } = onDevice([[SHORT.slice(0, 2), lost()], [lost()]]);
    device.offline = true;
    const done = drain(stream);
    await clock.runUntil(done, 2 * 3_600_000);
    expect((await done).error).toMatchObject({ code: 'connection_lost', partialText: 'one ' });
    expect(clock.now()).toBeGreaterThan(1_800_000);
    expect(clock.now()).toBeLessThan(3_600_000);
    expect([attempts.length, clock.pending, device.listeners]).toEqual([361, 0, 0]);
  });

  test('an open connection is left alone', async () => {
    const { stream, clock, device } = onDevice([[SHORT.slice(0, 2), { bytesAfterMs: 5_000 }, SHORT.slice(2)]]);
    const done = drain(stream);
    device.offline = true;
    await clock.runUntil(done);
    expect([(await done).events.length, stream.reconnects]).toEqual([5, 0]);
  });
});

describe('listening ends', () => {
  test.each<[string, readonly Step[][]]>([
    ['with the answer', [[SHORT]]],
    ['with an error', [[[null]]]],
    ['when all attempts are spent', [[lost()]]],
  ])('%s', async (_, connections) => {
    const { stream, clock, device } = onDevice(connections);
    expect(device.listeners).toBe(0);
    const done = drain(stream);
    await clock.runUntil(done);
    await done;
    expect(device.listeners).toBe(0);
  });

  test('when the reader leaves', async () => {
    const { stream, device } = onDevice([[SHORT.slice(0, 2), 'hang']]);
    for await (const { seq } of stream) {
      expect(device.listeners).toBe(1);
      if (seq === 2) break;
    }
    expect(device.listeners).toBe(0);
  });

  test('before it has begun, with a signal that is aborted', async () => {
    const { stream, device } = onDevice([[SHORT]], { signal: AbortSignal.abort() });
    await drain(stream);
    expect(device.listeners).toBe(0);
  });
});

describe('this device', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('hears nothing where there is no page, and is never offline there', () => {
    const release = thisDevice.onWake(() => expect.unreachable());
    release();
    expect(thisDevice.isOffline()).toBe(false);
    expect(Math.abs(thisDevice.wallNow() - Date.now())).toBeLessThan(1_000);
  });

  test('wakes when the page is shown, comes back or is online again, until it is released', () => {
    const page = new EventTarget();
    const document = Object.assign(new EventTarget(), { visibilityState: 'hidden' });
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('document', document);
    vi.stubGlobal('navigator', { onLine: false });
    const wake = vi.fn<() => void>();
    const release = thisDevice.onWake(wake);
    const fire = (): number => {
      document.dispatchEvent(new Event('visibilitychange'));
      for (const type of ['pageshow', 'online', 'offline', 'pagehide']) page.dispatchEvent(new Event(type));
      return wake.mock.calls.length;
    };
    expect(fire(), 'hidden').toBe(2);
    document.visibilityState = 'visible';
    expect(fire(), 'visible').toBe(5);
    expect(thisDevice.isOffline()).toBe(true);
    release();
    expect(fire()).toBe(5);
  });
});
