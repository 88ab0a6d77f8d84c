// @vitest-environment happy-dom
import type { GenerationRequest } from '@tokenwire/protocol';
import { act, cleanup, renderHook } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, expect, expectTypeOf, test, vi } from 'vitest';
import { TokenwireError } from '@tokenwire/protocol';
import { type Answer, type UseTokenStream, type UseTokenStreamOptions, useTokenStream } from '../src/index.js';
import { ID, START, STOP, log, text } from '../../client-kit/test/support/answer.js';
import { type Fake, fakeTransport, settled } from './support/fake.js';

const url = 'http://host.test';

interface Props extends Partial<UseTokenStreamOptions> {
  readonly fake: Fake;
  readonly request?: GenerationRequest | undefined;
}

afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** The hook in a component, and each answer that it has rendered. */
function mount(props: Props, strict = false) {
  const rendered: UseTokenStream[] = [];
  const hook = renderHook(
    ({ fake, request, ...options }: Props) => {
      const answer = useTokenStream(fake.open, request, { url, ...options });
      rendered.push(answer);
      return answer;
    },
    { initialProps: props, ...(strict ? { wrapper: StrictMode } : {}) },
  );
  return { ...hook, rendered, now: () => hook.result.current };
}

/** Does something to the server's end, and waits until it has arrived and was rendered. */
const after = (action: () => void) =>
  act(async () => {
    action();
    await settled();
  });

const ask = (prompt: string) => ({ prompt });

test('nothing is asked without a request', async () => {
  const fake = fakeTransport();
  const { now, rerender } = mount({ fake });
  expect(now()).toMatchObject({ status: 'idle', text: '', blocks: [], error: undefined, id: undefined, requests: 0 });
  await expect(now().stop()).rejects.toMatchObject({ code: 'invalid_request' });
  expect(fake.opened).toHaveLength(0);
  rerender({ fake, request: ask('x') });
  expect(fake.opened).toHaveLength(1);
  rerender({ fake });
  await after(() => undefined);
  expect(fake.last).toMatchObject({ detached: true, stops: 0 });
  expect(now().status).toBe('idle');
});

test('a thousand events between two frames are one render', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'cancelAnimationFrame'] });
  const frame = () => act(() => void vi.advanceTimersToNextFrame());
  const arrive = () => act(() => vi.advanceTimersByTimeAsync(0));
  const fake = fakeTransport();
  const { rendered, now } = mount({ fake, request: ask('x') });
  fake.last.accept();
  frame();
  const before = rendered.length;
  const words = Array.from({ length: 1_000 }, (_, i) => `${i} `);
  fake.last.say(...log(START, ...words.map((word) => text(word))));
  await arrive();
  expect(rendered.length).toBe(before);
  frame();
  expect(rendered.length).toBe(before + 1);
  expect(now().text).toBe(words.join(''));
  frame();
  expect(rendered.length, 'a frame in which nothing has come').toBe(before + 1);
  fake.last.say({ seq: 1_002, ...STOP });
  await arrive();
  expect([rendered.length, now().status]).toEqual([before + 2, 'completed']);
});

test('StrictMode mounts twice and starts one generation', async () => {
  const fake = fakeTransport();
  const { now, unmount } = mount({ fake, request: ask('x') }, true);
  await after(() => fake.last.accept());
  expect(fake.opened).toHaveLength(1);
  expect(fake.last.detached).toBe(false);
  await after(() => fake.last.say(...log(START, text('one '), text('two'), STOP)));
  expect(now()).toMatchObject({ status: 'completed', text: 'one two' });
  unmount();
  await settled();
  expect([fake.opened.length, fake.last.stops]).toEqual([1, 0]);
});

test('unmounting leaves the answer and does not stop it', async () => {
  const fake = fakeTransport();
  const { unmount } = mount({ fake, request: ask('x') });
  await after(() => fake.last.accept());
  unmount();
  await settled();
  expect(fake.last).toMatchObject({ detached: true, stops: 0 });
});

test('the same request in another object, and other options, restart nothing', async () => {
  const fake = fakeTransport();
  const { rerender } = mount({ fake, request: ask('x') });
  const options = { headers: { a: 'b' }, retry: { maxAttempts: 1 }, url: 'http://other.test', resumeKey: 'r' };
  rerender({ fake, request: ask('x'), ...options, onEvent: () => undefined, onStatus: () => undefined });
  await after(() => undefined);
  expect(fake.opened).toHaveLength(1);
  expect(fake.last.detached).toBe(false);
});

test('another request leaves the old answer and begins a new one, which is never shown beside the other', async () => {
  const fake = fakeTransport();
  const { rerender, rendered, now } = mount({ fake, request: ask('first') });
  const [first] = fake.opened;
  await after(() => {
    first?.accept();
    first?.say(...log(START, text('old')));
  });
  act(() => now().detach());
  expect(now().text).toBe('old');
  const seen = rendered.length;
  rerender({ fake, request: ask('second') });
  expect(new Set(rendered.slice(seen).map((answer) => answer.text))).toEqual(new Set(['']));
  await after(() => undefined);
  expect(fake.opened.map(({ options }) => options.request)).toEqual([ask('first'), ask('second')]);
  expect(first).toMatchObject({ detached: true, stops: 0 });
  const keys = fake.opened.map(({ options }) => options.idempotencyKey);
  expect(new Set(keys).size).toBe(2);
});

test('the same request under another run is asked again', async () => {
  const fake = fakeTransport();
  const { rerender } = mount({ fake, request: ask('x'), run: 1 });
  rerender({ fake, request: ask('x'), run: 2 });
  await after(() => undefined);
  const [first, second] = fake.opened;
  expect(fake.opened).toHaveLength(2);
  expect([first?.detached, second?.detached]).toEqual([true, false]);
  expect(first?.options.idempotencyKey).not.toBe(second?.options.idempotencyKey);
});

test('another transport reads the same answer on', async () => {
  const [fake, other] = [fakeTransport(), fakeTransport()];
  const { rerender, now } = mount({ fake, request: ask('x') });
  await after(() => {
    fake.last.accept();
    fake.last.say(...log(START, text('one '), text('two ')));
  });
  rerender({ fake: other, request: ask('x'), url: 'http://other.test' });
  expect(fake.last).toMatchObject({ detached: true, stops: 0 });
  expect(other.last.options).toMatchObject({ after: `${ID}.3`, url: 'http://other.test' });
  expect(other.last.options.request).toBeUndefined();
  await after(() => other.last.say({ seq: 4, ...text('three') }, { seq: 5, ...STOP }));
  expect(now()).toMatchObject({ status: 'completed', text: 'one two three', id: ID, reconnects: 1, requests: 2 });
  expect(now().blocks).toHaveLength(1);
  rerender({ fake, request: ask('x') });
  await after(() => undefined);
  expect([fake.opened.length, other.opened.length], 'it has ended').toEqual([1, 1]);
});

test('another transport before the answer has a name repeats the same start', () => {
  const [fake, other] = [fakeTransport(), fakeTransport()];
  const { rerender } = mount({ fake, request: ask('x') });
  rerender({ fake: other, request: ask('x') });
  const { request, idempotencyKey } = fake.last.options;
  expect(other.last.options).toMatchObject({ request, idempotencyKey });
});

test('the latest callbacks are called, and those of a stream that was left are not', async () => {
  const [fake, other] = [fakeTransport(), fakeTransport()];
  const callbacks = () => ({ onEvent: vi.fn(), onStatus: vi.fn(), onBytes: vi.fn() });
  const [first, second, third] = [callbacks(), callbacks(), callbacks()];
  const { rerender } = mount({ fake, request: ask('x'), ...first });
  rerender({ fake, request: ask('x'), ...second });
  await after(() => {
    fake.last.accept();
    fake.last.options.onBytes?.(7);
    fake.last.say(...log(START));
  });
  expect(first.onStatus.mock.calls).toEqual([['connecting']]);
  expect([first.onEvent.mock.calls, first.onBytes.mock.calls]).toEqual([[], []]);
  expect(second.onStatus.mock.calls).toEqual([['streaming']]);
  expect(second.onBytes.mock.calls).toEqual([[7]]);
  expect(second.onEvent.mock.calls).toEqual([log(START)]);
  rerender({ fake: other, request: ask('x'), ...third });
  expect(third.onStatus.mock.calls).toEqual([['connecting']]);
});

test('the latest ticket is the one that is asked for', async () => {
  const fake = fakeTransport();
  const { rerender } = mount({ fake, request: ask('x'), ticket: async () => 'old' });
  rerender({ fake, request: ask('x'), ticket: async (id) => `new for ${id}` });
  expect(await fake.last.options.ticket?.(ID)).toBe(`new for ${ID}`);
});

test('an option that was not given is not made up: counting bytes costs time', () => {
  const fake = fakeTransport();
  mount({ fake, request: ask('x') });
  expect(fake.last.options).not.toHaveProperty('onBytes');
  expect(fake.last.options).not.toHaveProperty('ticket');
});

test('stop stops the answer; detach and resume leave it and come back; all three stay the same functions', async () => {
  const fake = fakeTransport();
  const onStatus = vi.fn();
  const { now, rerender } = mount({ fake, request: ask('x'), onStatus });
  const { stop, detach, resume } = now();
  await after(() => {
    fake.last.accept();
    fake.last.say(...log(START, text('one ')));
  });
  act(() => detach());
  expect(now()).toMatchObject({ status: 'detached', text: 'one ', error: undefined, cursor: `${ID}.2` });
  expect(fake.last).toMatchObject({ detached: true, stops: 0 });
  expect(onStatus.mock.calls.flat()).toEqual(['connecting', 'streaming', 'detached']);
  act(() => resume());
  act(() => resume());
  expect(fake.opened.map(({ options }) => options.after)).toEqual([undefined, `${ID}.2`]);
  await after(() => fake.last.say({ seq: 3, ...text('two') }));
  await act(async () => expect(await stop()).toMatchObject({ id: ID, status: 'cancelled' }));
  expect(fake.last.stops).toBe(1);
  await after(() => fake.last.say({ seq: 4, type: 'cancelled', by: 'client' }));
  expect(now()).toMatchObject({ status: 'cancelled', text: 'one two' });
  rerender({ fake, request: ask('y') });
  expect([now().stop, now().detach, now().resume]).toEqual([stop, detach, resume]);
  await act(async () => void (await stop()));
  expect(
    fake.opened.map(({ stops }) => stops),
    'they belong to the answer that is shown',
  ).toEqual([0, 1, 1]);
});

test('resume over another transport', async () => {
  const [fake, other] = [fakeTransport(), fakeTransport()];
  const { now, rerender } = mount({ fake, request: ask('x') });
  await after(() => {
    fake.last.accept();
    fake.last.say(...log(START, text('one ')));
    fake.last.fail(new TokenwireError('connection_lost', 'gone'));
  });
  expect(now()).toMatchObject({ status: 'failed', text: 'one ', error: { code: 'connection_lost' } });
  rerender({ fake: other, request: ask('x') });
  expect(other.opened, 'not before it is asked to').toHaveLength(0);
  act(() => now().resume());
  expect(other.last.options.after).toBe(`${ID}.2`);
});

test('after reads an answer that exists', async () => {
  const fake = fakeTransport();
  const { now, rerender } = mount({ fake, after: `${ID}.2` });
  expect(fake.last.options).toMatchObject({ after: `${ID}.2` });
  expect(fake.last.options.request).toBeUndefined();
  await after(() => fake.last.say({ seq: 3, ...text('rest') }, { seq: 4, ...STOP }));
  expect(now()).toMatchObject({ status: 'completed', text: 'rest', id: ID, cursor: `${ID}.4` });
  rerender({ fake, after: 'nonsense' });
  await after(() => undefined);
  expect(now()).toMatchObject({ status: 'failed', error: { code: 'invalid_cursor' } });
});

test('the types that an editor shows', () => {
  expectTypeOf(useTokenStream).returns.toEqualTypeOf<UseTokenStream>();
  expectTypeOf<UseTokenStream>().toExtend<Answer>();
  expectTypeOf<UseTokenStream['text']>().toEqualTypeOf<string>();
  // @ts-expect-error The address of a server is needed.
  expectTypeOf(useTokenStream).toBeCallableWith(fakeTransport().open, undefined, {});
  expectTypeOf(useTokenStream).parameter(1).toEqualTypeOf<GenerationRequest | undefined>();
});
