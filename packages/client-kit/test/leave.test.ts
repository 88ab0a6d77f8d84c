import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { TokenStream } from '../src/index.js';
import { ID, SHORT } from './support/answer.js';
import { drain, elapsed } from './support/read.js';
import { type Script, type Step, answers, jsonResponse, script } from './support/script.js';
import { snapshot } from './support/server.js';

const HALF: Step[] = [SHORT.slice(0, 2), 'hang'];

async function expectNothingLeft(scripted: Script): Promise<void> {
  await scripted.clock.advance(0);
  expect([scripted.live, scripted.clock.pending], 'connections, timers').toEqual([0, 0]);
}

describe('leaving', () => {
  test('the loop closes the connection and says nothing to the server', async () => {
    const fetch = answers('hang');
    const scripted = script([HALF], { fetch });
    for await (const event of scripted.stream) if (event.seq === 2) break;
    expect(scripted.stream).toMatchObject({ status: 'detached', partial: true, cursor: `${ID}.2` });
    expect(fetch.calls).toEqual([]);
    await expectNothingLeft(scripted);
  });

  test('the loop by an exception surfaces it and closes the connection', async () => {
    const scripted = script([HALF]);
    const loop = async (): Promise<void> => {
      for await (const _ of scripted.stream) throw new Error('mine');
    };
    await expect(loop()).rejects.toThrow('mine');
    await expectNothingLeft(scripted);
  });

  test('the loop at the terminal event changes nothing any more', async () => {
    const { stream } = script([[SHORT]]);
    for await (const event of stream) if (event.seq === 5) break;
    expect(stream.status).toBe('completed');
  });

  test('by return while next waits answers both', async () => {
    const scripted = script([HALF]);
    const iterator = scripted.stream[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    const waiting = iterator.next();
    expect(await iterator.return?.()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await expectNothingLeft(scripted);
  });

  test.each<[string, readonly Step[][], (stream: TokenStream, controller: AbortController) => void]>([
    ['detach() while it waits', [HALF], (stream) => stream.detach()],
    ['detach() during backoff', [[SHORT.slice(0, 2)], ['hang']], (stream) => stream.detach()],
    ['the signal while it waits', [HALF], (_, controller) => controller.abort(new Error('user'))],
    [
      'the signal during backoff',
      [[SHORT.slice(0, 2)], ['hang']],
      (_, controller) => controller.abort(new Error('user')),
    ],
  ])('by %s is `aborted` for whoever reads', async (_, connections, leave) => {
    const controller = new AbortController();
    const scripted = script(connections, { signal: controller.signal });
    const text = scripted.stream.text();
    const failed = expect(text).rejects.toMatchObject({ code: 'aborted', partialText: 'one ', cursor: `${ID}.2` });
    await scripted.clock.advance(100);
    leave(scripted.stream, controller);
    await failed;
    expect(scripted.stream).toMatchObject({ status: 'detached', partial: true });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    await expectNothingLeft(scripted);
    expect(scripted.attempts).toHaveLength(1);
  });

  test('by a signal keeps its reason', async () => {
    const reason = new Error('user');
    const { error } = await drain(script([HALF], { signal: AbortSignal.abort(reason) }).stream);
    expect(error).toMatchObject({ code: 'aborted', cause: reason });
  });

  test('before the start, by signal or detach(), sends nothing', async () => {
    const aborted = script([[SHORT]], { signal: AbortSignal.abort() });
    const detached = script([[SHORT]]);
    detached.stream.detach();
    for (const { stream, attempts } of [aborted, detached]) {
      expect(await drain(stream)).toMatchObject({ events: [], error: { code: 'aborted' } });
      expect([attempts.length, stream.requests, stream.status]).toEqual([0, 0, 'detached']);
    }
  });

  test('twice, and after the end, is nothing', async () => {
    const { stream } = script([[SHORT]]);
    await drain(stream);
    stream.detach();
    stream.detach();
    expect(stream.status).toBe('completed');
  });

  test('releases the signal at every end', async () => {
    const controller = new AbortController();
    await drain(script([[SHORT]], { signal: controller.signal }).stream);
    await drain(script([[[null]]], { signal: controller.signal }).stream);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test.each([
    ['onStatus', { onStatus: (status: string) => fail(status === 'streaming') }],
    ['onBytes', { onBytes: () => fail(true) }],
  ])('because %s throws surfaces that at once, and closes the connection', async (_, options) => {
    const scripted = script([[{ bytesAfterMs: 1 }, ...HALF]], options);
    const done = drain(scripted.stream);
    await scripted.clock.runUntil(done);
    expect(await done).toMatchObject({ events: [], error: { message: 'mine' } });
    expect(scripted.attempts).toHaveLength(1);
    await expectNothingLeft(scripted);
  });
});

describe('an application that throws when it hears that it was left', () => {
  const options = { onStatus: (status: string) => fail(status === 'detached') };

  test('by a signal gets that where it reads, and not as an uncaught exception', async () => {
    const controller = new AbortController();
    const scripted = script([HALF], { ...options, signal: controller.signal });
    const done = drain(scripted.stream);
    await scripted.clock.advance(0);
    controller.abort();
    expect(await done).toMatchObject({ events: SHORT.slice(0, 2), error: { message: 'mine' } });
    await expectNothingLeft(scripted);
  });

  test('by detach() gets it there', async () => {
    const scripted = script([HALF], options);
    const done = drain(scripted.stream);
    await scripted.clock.advance(0);
    expect(() => scripted.stream.detach()).toThrow('mine');
    expect((await done).error).toMatchObject({ message: 'mine' });
    await expectNothingLeft(scripted);
  });
});

function fail(really: boolean): void {
  if (really) throw new Error('mine');
}

describe('continuing at the end of an answer', () => {
  const at = (seq: number): string => `${ID}.${seq}`;

  test.each(['completed', 'cancelled'])('that was %s ends normally, without an event', async (status) => {
    const fetch = answers(jsonResponse(snapshot(5, status)));
    const scripted = script([[]], { after: at(5), fetch });
    expect(await drain(scripted.stream)).toEqual({ events: [], error: undefined });
    expect(scripted.stream).toMatchObject({ status, cursor: at(5), partial: false });
    expect(fetch.calls.map(({ url }) => url)).toEqual([`http://host.test/generations/${ID}`]);
    await expectNothingLeft(scripted);
  });

  test('that failed throws why', async () => {
    const error = { code: 'upstream_timeout', message: 'slow', retryable: true };
    const fetch = answers(jsonResponse({ ...snapshot(5, 'failed'), error }));
    const { stream } = script([[]], { after: at(5), fetch });
    expect(await drain(stream)).toMatchObject({ events: [], error });
    expect(stream.status).toBe('failed');
  });

  test.each([
    ['still runs', snapshot(5, 'running')],
    ['has gone further', snapshot(7)],
  ])('that %s is a lost connection', async (_, body) => {
    const fetch = answers(jsonResponse(body));
    const { stream, attempts, clock } = script([[], [SHORT.slice(3)]], { after: at(3), fetch });
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).events).toEqual(SHORT.slice(3));
    expect(attempts.map(({ cursor }) => cursor)).toEqual([at(3), at(3)]);
  });

  test('asks again when the snapshot cannot be had, and believes no nonsense', async () => {
    const fetch = answers(
      new TypeError('lost'),
      jsonResponse({ error: { code: 'overloaded', message: 'x', retryable: true } }, 503),
      jsonResponse({ status: 'splendid', cursor: at(5) }),
    );
    const { stream, attempts, clock } = script([[]], { after: at(5), fetch });
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).error).toMatchObject({ code: 'bad_response' });
    expect(attempts).toHaveLength(3);
  });

  test('a silent snapshot is noticed like a silent connection', async () => {
    const { stream, clock } = script([[]], { after: at(5), fetch: answers('hang', jsonResponse(snapshot(5))) });
    expect(await elapsed(clock, drain(stream))).toBe(37_750);
    expect(stream.status).toBe('completed');
  });

  test('is not assumed after an event that was not terminal', async () => {
    const fetch = answers(jsonResponse(snapshot(5)));
    const { stream, clock } = script([[[SHORT[3]]], []], { after: at(3), fetch, retry: { maxAttempts: 2 } });
    const done = drain(stream);
    await clock.runUntil(done);
    expect((await done).error).toMatchObject({ code: 'connection_lost' });
    expect(fetch.calls).toEqual([]);
  });
});

describe('options', () => {
  test.each([
    ['neither request nor after', { request: undefined }, 'invalid_request'],
    ['both', { after: `${ID}.1`, request: {} }, 'invalid_request'],
    ['a URL that is none', { url: 'nowhere' }, 'invalid_request'],
    ['a cursor that is none', { after: 'x', request: undefined }, 'invalid_cursor'],
  ])('%s are refused before anything is sent', (_, options, code) => {
    expect(() => script([[]], options as object)).toThrow(expect.objectContaining({ code }));
  });

  test('routes are below the base URL, which keeps its own query', async () => {
    const { stream, attempts } = script([[SHORT]], { url: 'wss://host.test/api/v1/?ticket=t%201#x' });
    await drain(stream);
    const { attempt } = attempts[0] ?? {};
    expect(attempt?.url('/generations?after=a.1').href).toBe(
      'https://host.test/api/v1/generations?ticket=t%201&after=a.1',
    );
    expect(attempt?.url('/generations').href).toBe('https://host.test/api/v1/generations?ticket=t%201');
  });
});
