import { AssertionError } from 'node:assert';
import { equal } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, describe, expect, it } from 'vitest';

import { ask, type AskOptions } from '../../src/cli/run.js';
import { seen } from '../../src/cli/seen.js';
import { CLIENTS, type Requirement, type Target } from '../../src/index.js';

// A server that is alive and no more: these tests are about the asking, not about answers.
const server = createServer((_, res) => void res.end()).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());

const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const target: Target = { mode: 'sse', url, open: CLIENTS.sse };

let ids = 0;
function requirement(run: Requirement['run'], more: Partial<Requirement> = {}): Requirement {
  ids += 1;
  return { id: `r${ids}`, title: `It is so ${ids}`, why: 'Because.', source: 'docs/protocol.md#modes', run, ...more };
}

const passes = (more?: Partial<Requirement>): Requirement => requirement(async () => {}, more);
const fails = (): Requirement => requirement(async () => equal(1, 2));
const hangs = (): Requirement => requirement(() => new Promise(() => {}));

async function outcome(requirements: readonly Requirement[], options: Partial<AskOptions> = {}, of = target) {
  const results = await ask([of], {
    requirements,
    bail: false,
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    onStart: () => {},
    onResult: () => {},
    ...options,
  });
  return results.map(({ status, reason, error }) => [status, reason ?? error?.split('\n')[0]]);
}

describe('Asking', () => {
  it('tells what passed, what failed and what was seen', async () => {
    const [first, second] = await outcome([passes(), fails()]);
    expect(first).toEqual(['passed', undefined]);
    expect(second?.[0]).toBe('failed');
    expect(second?.[1]).toMatch(/Expected values to be strictly equal/);
  });

  it('does not ask what does not hold for the mode, or what the target lacks, and says why', async () => {
    const exempt = passes({ exempt: { sse: 'not a matter of SSE' } });
    expect(await outcome([exempt, passes({ needs: ['launch'] })])).toEqual([
      ['not-asked', 'not a matter of SSE'],
      ['not-asked', 'needs to start a server of this kind with options of its own'],
    ]);
  });

  it('gives up a requirement that takes too long, and goes on', async () => {
    expect(await outcome([hangs(), passes()], { timeoutMs: 50 })).toEqual([
      ['failed', 'not within 50 ms: the requirement is answered'],
      ['passed', undefined],
    ]);
  });

  it('gives up a server that hangs again and again', async () => {
    const results = await outcome([hangs(), hangs(), hangs(), hangs(), passes()], { timeoutMs: 20 });
    expect(results.at(-1)?.[1]).toMatch(/the server hangs/);
  });

  it('stops when the server is gone', async () => {
    const gone = { ...target, url: 'http://127.0.0.1:9' };
    expect(await outcome([fails(), passes()], {}, gone)).toEqual([
      ['failed', expect.stringMatching('strictly equal')],
      ['not-asked', 'the server does not answer any more'],
    ]);
  });

  it('stops after the first failure when told so', async () => {
    const results = await outcome([fails(), passes()], { bail: true });
    expect(results.at(-1)).toEqual(['not-asked', 'a requirement before it failed (--bail)']);
  });

  it('takes a failure that nobody awaits for a failure of what is being asked', async () => {
    const stray = requirement(() => {
      setTimeout(() => {
        throw new Error('thrown by a timer');
      });
      return new Promise(() => {});
    });
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    try {
      expect(await outcome([stray, passes()])).toEqual([
        ['failed', 'thrown by a timer'],
        ['passed', undefined],
      ]);
    } finally {
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
  });

  it('ends when it is interrupted, and counts the rest as not asked', async () => {
    const interrupt = new AbortController();
    const onStart = (): void => void setTimeout(() => interrupt.abort(), 5);
    expect(await outcome([hangs(), passes()], { signal: interrupt.signal, onStart })).toEqual([
      ['not-asked', 'interrupted'],
      ['not-asked', 'interrupted'],
    ]);
  });
});

describe('What was seen', () => {
  it('is the message, and the values where a requirement has a message of its own', () => {
    expect(seen(new Error('not within 5 ms: the end'))).toBe('not within 5 ms: the end');
    const error = new AssertionError({ message: 'one id', actual: 'b', expected: 'a', operator: 'strictEqual' });
    expect(error.generatedMessage).toBe(false);
    expect(seen(error)).toMatch(/^one id\n[^]*'a'/);
    expect(seen('no error')).toBe('no error');
  });

  it('is short, and shows no control character of a server', () => {
    expect(seen(new Error(Array(100).fill('x'.repeat(1_000)).join('\n'))).length).toBeLessThan(5_000);
    expect(seen(new Error('a\u001B[31mb'))).toBe('ab');
    expect(seen(new Error('a\u0007b\u0000\rc'))).toBe('a\\x07b\\x00\\x0dc');
  });
});
