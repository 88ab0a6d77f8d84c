import { VirtualClock } from '@tokenwire/protocol/testing';
import { expect, test } from 'vitest';

import { checkPass, Tickets } from '../src/index.js';

const ID = 'gen_0123456789012345678901';

function setUp(options: { readonly max?: number; readonly maxPerOwner?: number } = {}) {
  const clock = new VirtualClock();
  return { clock, tickets: new Tickets({ clock, ...options }) };
}

test('a ticket opens once, for its owner', () => {
  const { clock, tickets } = setUp();
  const ticket = tickets.issue({ owner: 'ada' });
  expect(ticket).toMatch(/^[\w-]{32}$/);
  expect(tickets.redeem(ticket)).toMatchObject({ owner: 'ada' });
  expect(() => tickets.redeem(ticket)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  expect([tickets.size, clock.pending]).toEqual([0, 0]);
});

test('a ticket expires after a minute, and nothing is left of it', async () => {
  const { clock, tickets } = setUp();
  const used = tickets.issue({ owner: 'ada' });
  const late = tickets.issue({ owner: 'ada' });
  await clock.advance(59_999);
  expect(tickets.redeem(used).owner).toBe('ada');
  await clock.advance(1);
  expect([tickets.size, clock.pending]).toEqual([0, 0]);
  expect(() => tickets.redeem(late)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
});

test('unused tickets are limited, for each owner and in all; room comes back', async () => {
  const { clock, tickets } = setUp({ maxPerOwner: 2, max: 3 });
  const first = tickets.issue({ owner: 'ada' });
  tickets.issue({ owner: 'ada' });
  const limited = { details: { retryAfterMs: 1_000 } };
  expect(() => tickets.issue({ owner: 'ada' })).toThrow(expect.objectContaining({ code: 'rate_limited', ...limited }));
  tickets.issue({ owner: 'bob' });
  expect(() => tickets.issue({ owner: 'eve' })).toThrow(expect.objectContaining({ code: 'overloaded', ...limited }));
  tickets.redeem(first);
  tickets.issue({ owner: 'ada' });
  await clock.advance(60_000);
  expect(tickets.size).toBe(0);
  tickets.issue({ owner: 'ada' });
  tickets.issue({ owner: 'ada' });
});

test('a ticket of one generation opens no other, and starts none', () => {
  const { tickets } = setUp();
  const pass = tickets.redeem(tickets.issue({ owner: 'ada', generation: ID }));
  expect(() => checkPass(pass, ID)).not.toThrow();
  for (const other of ['gen_9999999999999999999999', undefined]) {
    expect(() => checkPass(pass, other)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  }
  expect(() => checkPass({ owner: 'ada' }, undefined)).not.toThrow();
});
