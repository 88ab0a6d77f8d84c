// @vitest-environment happy-dom
import { type Connect, type OpenStream, openStream } from '@tokenwire/client-kit';
import { TokenwireError } from '@tokenwire/protocol';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { act, cleanup, renderHook } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ANSWER, HOSTILE, ID, SHORT } from '../../client-kit/test/support/answer.js';
import { answers, hang, jsonResponse } from '../../client-kit/test/support/script.js';
import { type UseTokenStreamOptions, useTokenStream } from '../src/index.js';
import { settled } from './support/fake.js';

/** The hook on the engine that all clients share, over transports that are written down. */

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

interface Server {
  readonly open: OpenStream;
  /** What each connection came with. */
  readonly seen: { readonly cursor: string | undefined; readonly key: string }[];
  /** Connections that have not ended. */
  live: number;
}

/** A server that sends `events` as far as `upTo`, one in a batch, and then does `next`: hangs, breaks, or ends. */
function server(events: readonly { readonly seq: number }[], upTo = Infinity, next: 'hang' | Error = 'hang'): Server {
  const connect: Connect = async function* (attempt) {
    result.seen.push({ cursor: attempt.cursor, key: attempt.idempotencyKey });
    result.live += 1;
    try {
      attempt.started(ID);
      const after = Number(attempt.cursor?.split('.')[1] ?? 0);
      for (const event of events) if (event.seq > after && event.seq <= upTo) yield [event];
      if (next instanceof Error) throw next;
      await hang(attempt.signal);
    } finally {
      result.live -= 1;
    }
  };
  const result: Server = { seen: [], live: 0, open: (options) => openStream(options, connect) };
  return result;
}

function mount(open: OpenStream, options: Partial<UseTokenStreamOptions> = {}) {
  const clock = new VirtualClock();
  const hook = renderHook(
    (props: { readonly open: OpenStream }) =>
      useTokenStream(props.open, { prompt: 'x' }, { url: 'http://host.test', clock, random: () => 1, ...options }),
    { initialProps: { open }, wrapper: StrictMode },
  );
  return { ...hook, clock, now: () => hook.result.current };
}

const pass = () => act(() => settled());

test('StrictMode makes one connection', async () => {
  const { open, seen } = server(ANSWER);
  const { now } = mount(open);
  await pass();
  expect(now()).toMatchObject({ status: 'completed', text: HOSTILE.join(''), id: ID, reconnects: 0 });
  expect(seen).toHaveLength(1);
});

test('unmounting closes the connection and leaves no timer', async () => {
  const made = server(ANSWER, 3);
  const { unmount, clock } = mount(made.open);
  await pass();
  expect(made.live).toBe(1);
  unmount();
  await settled();
  expect([made.live, clock.pending]).toEqual([0, 0]);
});

test('a transport that is changed after any event: the same text, and nothing started twice', async () => {
  for (let at = 0; at < ANSWER.length; at += 1) {
    const [first, second] = [server(ANSWER, at), server(ANSWER)];
    const { now, rerender, unmount } = mount(first.open);
    await pass();
    rerender({ open: second.open });
    await pass();
    const cursor = `${ID}.${ANSWER.length}`;
    expect(now(), `after ${at}`).toMatchObject({ status: 'completed', text: HOSTILE.join(''), cursor, reconnects: 1 });
    expect(now().blocks).toHaveLength(1);
    expect([first.live, first.seen.length, second.seen.length]).toEqual([0, 1, 1]);
    expect(second.seen[0]?.cursor).toBe(`${ID}.${at}`);
    unmount();
  }
});

test('what the client repairs by itself is seen as a status, and no event is shown twice', async () => {
  const { open, seen } = server(SHORT, 2, new TypeError('network'));
  const onEvent = (event: { readonly seq: number }) => void events.push(event.seq);
  const events: number[] = [];
  const statuses: string[] = [];
  const { now, clock, rerender } = mount(open, { onEvent, onStatus: (status) => void statuses.push(status) });
  await act(() => clock.advance(1_000));
  expect(statuses.slice(0, 4)).toEqual(['connecting', 'streaming', 'reconnecting', 'streaming']);
  expect(seen.length).toBeGreaterThan(1);
  expect(now().text).toBe('one ');
  rerender({ open: server(SHORT).open });
  await pass();
  expect(now()).toMatchObject({ status: 'completed', text: 'one two three' });
  expect(events).toEqual([1, 2, 3, 4, 5]);
});

test('when the client gives up, the text stays and the error says how far it came', async () => {
  const { open } = server(SHORT, 3, new TypeError('network'));
  const { now, clock } = mount(open, { retry: { maxAttempts: 2 } });
  await act(() => clock.advance(60_000));
  const error = { code: 'connection_lost', partialText: 'one two ', cursor: `${ID}.3` };
  expect(now()).toMatchObject({ status: 'failed', text: 'one two ', error });
  expect(clock.pending).toBe(0);
});

test('stop reaches the server, whose receipt comes back', async () => {
  const { open } = server(SHORT, 2);
  const receipt = {
    id: ID,
    status: 'cancelled',
    alreadyDone: false,
    lastSeq: 3,
    upstreamClosedMs: 1,
    tokensAfterStop: 0,
  };
  const fetch = answers(jsonResponse(receipt));
  const { now } = mount(open, { fetch });
  await pass();
  await act(async () => expect(await now().stop()).toEqual(receipt));
  expect(fetch.calls.map(({ url }) => url)).toEqual([`http://host.test/generations/${ID}/stop`]);
  expect(now().requests).toBe(1);
});

test('after a reload the whole answer is read again, or asked anew if it is gone', async () => {
  const resumeKey = 'answer';
  const first = server(SHORT, 3);
  const left = mount(first.open, { resumeKey });
  await pass();
  left.unmount();
  const second = server(SHORT);
  const page = mount(second.open, { resumeKey });
  await pass();
  expect(second.seen.map(({ cursor }) => cursor)).toEqual([`${ID}.0`]);
  expect(page.now()).toMatchObject({ status: 'completed', text: 'one two three' });
  page.unmount();

  const gone = server([], 0, new TokenwireError('not_found', 'No such generation.'));
  const fresh = server(SHORT);
  const open: OpenStream = (options) => (options.after === undefined ? fresh : gone).open(options);
  const { now } = mount(open, { resumeKey });
  await pass();
  expect([gone.seen.length, fresh.seen.length]).toEqual([1, 1]);
  expect(fresh.seen[0]?.key).not.toBe(first.seen[0]?.key);
  expect(now()).toMatchObject({ status: 'completed', text: 'one two three', error: undefined });
});
