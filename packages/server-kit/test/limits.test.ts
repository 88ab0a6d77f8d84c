import type { IncomingMessage } from 'node:http';

import { VirtualClock } from '@tokenwire/protocol/testing';
import { describe, expect, test } from 'vitest';

import { addressKey, streamGate, TokenBucket } from '../src/index.js';

describe('a token bucket', () => {
  test('allows a burst, then a rate', async () => {
    const clock = new VirtualClock();
    const bucket = new TokenBucket({ clock, perSecond: 10, burst: 3 });
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 0]);
    expect(bucket.take()).toBeCloseTo(100);
    await clock.advance(100);
    expect(bucket.take()).toBe(0);
    expect(bucket.take()).toBeCloseTo(100);
  });

  test('saves up no more than the burst', async () => {
    const clock = new VirtualClock();
    const bucket = new TokenBucket({ clock, perSecond: 10, burst: 2 });
    await clock.advance(60_000);
    expect([bucket.take(), bucket.take()]).toEqual([0, 0]);
    expect(bucket.take()).toBeGreaterThan(0);
  });

  test('lends, and says when', () => {
    const bucket = new TokenBucket({ clock: new VirtualClock(), perSecond: 10, burst: 1 });
    expect([bucket.borrow(), bucket.borrow(), bucket.borrow()]).toEqual([0, 100, 200]);
  });
});

test('new streams beyond the rate are refused, and told when to come', async () => {
  const clock = new VirtualClock();
  const admit = streamGate({ clock, perSecond: 2, burst: 1 });
  admit();
  expect(admit).toThrow(expect.objectContaining({ code: 'overloaded', details: { retryAfterMs: 1_000 } }));
  await clock.advance(500);
  admit();
});

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('the client at %s is counted as %s', (remoteAddress, key) => {
  expect(addressKey({ socket: { remoteAddress } } as unknown as IncomingMessage)).toBe(key);
});
