import { TokenwireError } from '@tokenwire/protocol';
import { expect, test, vi } from 'vitest';
import { AnswerStore, type UseTokenStreamOptions } from '../src/index.js';
import { ID, START, STOP, log, text } from '../../client-kit/test/support/answer.js';
import { type Fake, fakeTransport, settled } from './support/fake.js';
import { manualFrames } from './support/frames.js';

const url = 'http://host.test';

function store(fake: Fake, options: Partial<UseTokenStreamOptions> = {}) {
  const frames = manualFrames();
  const question = { request: { prompt: 'x' }, after: undefined, text: 'x' };
  return {
    frames,
    store: new AnswerStore(question, { open: fake.open, options: { url, ...options } }, frames.schedule),
  };
}

/** A store that is being read, and whose server has accepted. */
function reading(options: Partial<UseTokenStreamOptions> = {}) {
  const fake = fakeTransport();
  const made = store(fake, options);
  const release = made.store.attach();
  fake.last.accept();
  const listener = vi.fn();
  made.store.subscribe(listener);
  return { ...made, fake, release, listener };
}

test('nothing is sent before somebody wants it', async () => {
  const fake = fakeTransport();
  const { store: answer, frames } = store(fake);
  await settled();
  expect([fake.opened.length, frames.due, answer.getSnapshot().status]).toEqual([0, 0, 'idle']);
  await expect(answer.stop()).rejects.toMatchObject({ code: 'invalid_request' });
});

test('a thousand events are one snapshot a frame, and the end does not wait for one', async () => {
  const { store: answer, fake, frames, listener } = reading();
  const events = log(START, ...Array.from({ length: 1_000 }, (_, i) => text(`${i} `)), STOP);
  for (let at = 0; at < 1_000; at += 100) {
    fake.last.say(...events.slice(at, at + 100));
    await settled();
    expect(frames.due).toBe(1);
    frames.next();
  }
  expect(listener).toHaveBeenCalledTimes(10);
  fake.last.say(...events.slice(1_000));
  await settled();
  expect(listener).toHaveBeenCalledTimes(11);
  expect(frames.due).toBe(0);
  const { status, text: whole, cursor } = answer.getSnapshot();
  expect([status, cursor]).toEqual(['completed', `${ID}.1002`]);
  expect(whole).toBe(Array.from({ length: 1_000 }, (_, i) => `${i} `).join(''));
});

test('a snapshot never changes, and is the same until something has', async () => {
  const { store: answer, fake, frames } = reading();
  fake.last.say(...log(START, text('one ')));
  await settled();
  frames.next();
  const first = answer.getSnapshot();
  expect(answer.getSnapshot()).toBe(first);
  fake.last.say({ seq: 3, ...text('two') });
  await settled();
  expect(answer.getSnapshot(), 'before the frame').toBe(first);
  frames.next();
  expect(first.text).toBe('one ');
  expect(answer.getSnapshot().text).toBe('one two');
});

test('blocks: thinking, text and tools, each as far as it has come', async () => {
  const { store: answer, fake } = reading();
  const index = 2;
  const json = (partialJson: string) =>
    ({ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partialJson } }) as const;
  fake.last.say(
    ...log(
      START,
      { type: 'content_block_start', index: 0, block: { type: 'thinking' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, block: { type: 'text' } },
      text('said', 1),
      { type: 'content_block_stop', index: 1 },
      { type: 'content_block_start', index, block: { type: 'tool_use', id: 't1', name: 'weather' } },
      json('{"city":'),
      json('"Oslo"}'),
      { type: 'content_block_stop', index },
      text('never opened', 3),
      { type: 'message_delta', stopReason: 'tool_use', usage: { inputTokens: 3, outputTokens: 5 } },
      STOP,
    ),
  );
  await settled();
  expect(answer.getSnapshot()).toMatchObject({
    text: 'saidnever opened',
    stopReason: 'tool_use',
    usage: { inputTokens: 3, outputTokens: 5 },
    blocks: [
      { index: 0, type: 'thinking', thinking: 'hm', done: true },
      { index: 1, type: 'text', text: 'said', done: true },
      {
        index: 2,
        type: 'tool_use',
        id: 't1',
        name: 'weather',
        partialJson: '{"city":"Oslo"}',
        input: { city: 'Oslo' },
      },
      { index: 3, type: 'text', text: 'never opened', done: false },
    ],
  });
});

test.each(['', '{"city":', 'null,'])('arguments that are not JSON stay text: %j', async (partialJson) => {
  const { store: answer, fake } = reading();
  fake.last.say(
    ...log(
      START,
      { type: 'content_block_start', index: 0, block: { type: 'tool_use', id: 't', name: 'n' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partialJson } },
      { type: 'content_block_stop', index: 0 },
      STOP,
    ),
  );
  await settled();
  expect(answer.getSnapshot().blocks).toEqual([
    { index: 0, type: 'tool_use', id: 't', name: 'n', partialJson, done: true },
  ]);
});

test('what did not change keeps its identity', async () => {
  const { store: answer, fake, frames } = reading();
  fake.last.say(...log(START, text('a', 0), text('b', 1)));
  await settled();
  frames.next();
  const before = answer.getSnapshot();
  fake.last.say({ seq: 4, ...text('c', 1) });
  await settled();
  frames.next();
  const after = answer.getSnapshot();
  expect(after.blocks[0]).toBe(before.blocks[0]);
  expect(after.blocks[1]).not.toBe(before.blocks[1]);
  fake.last.setStatus('reconnecting');
  frames.next();
  expect(answer.getSnapshot().blocks, 'only the status changed').toBe(after.blocks);
});

test('an event in hand when the transport is changed is not lost', async () => {
  const { store: answer, fake, frames } = reading();
  fake.last.say(...log(START, text('one ')));
  await settled();
  // Handed over by the old stream, whose cursor is now past it, and not yet applied.
  fake.last.say({ seq: 3, ...text('two') });
  const other = fakeTransport();
  await Promise.resolve();
  answer.update({ open: other.open, options: { url } });
  expect(other.last.options.after).toBe(`${ID}.2`);
  other.last.say({ seq: 3, ...text('two') }, { seq: 4, ...STOP });
  await settled();
  frames.next();
  expect(answer.getSnapshot()).toMatchObject({ text: 'one two', status: 'completed', reconnects: 1, requests: 2 });
});

test('a transport that is another one in each render is noticed, not obeyed for ever', async () => {
  const { store: answer, fake } = reading();
  for (let i = 0; i < 200; i += 1) answer.update({ open: (options) => fake.open(options), options: { url } });
  await settled();
  expect(answer.getSnapshot()).toMatchObject({ status: 'failed', error: { code: 'invalid_request' } });
  expect(fake.opened.length).toBe(101);
});

test('an error keeps what came before it, and resume reads on after that', async () => {
  const { store: answer, fake } = reading();
  fake.last.say(...log(START, text('half ')));
  await settled();
  fake.last.fail(new TokenwireError('connection_lost', 'gone'));
  await settled();
  const error = { code: 'connection_lost', partialText: 'half ', cursor: `${ID}.2` };
  expect(answer.getSnapshot()).toMatchObject({ status: 'failed', text: 'half ', error });
  answer.resume();
  expect(fake.last.options).toMatchObject({ after: `${ID}.2` });
  expect(fake.last.options.request).toBeUndefined();
  fake.last.say({ seq: 3, ...text('whole') }, { seq: 4, ...STOP });
  await settled();
  expect(answer.getSnapshot()).toMatchObject({ status: 'completed', text: 'half whole', error: undefined });
});

test('an error before the answer has a name is resumed by the same start', async () => {
  const fake = fakeTransport();
  const { store: answer } = store(fake);
  answer.attach();
  fake.last.fail(new TokenwireError('overloaded', 'later'));
  await settled();
  answer.resume();
  const [first, second] = fake.opened.map(({ options }) => options);
  expect(second).toMatchObject({ request: { prompt: 'x' }, idempotencyKey: first?.idempotencyKey });
  expect(first?.idempotencyKey).toMatch(/.{16}/);
});

const failure = { code: 'upstream_error', message: 'gone', retryable: true };

test('an answer that has ended is not read again, whichever its end', async () => {
  for (const end of [STOP, { type: 'cancelled', by: 'client' } as const, { type: 'error', error: failure } as const]) {
    const { store: answer, fake, release } = reading();
    fake.last.say(...log(START, text('kept'), end));
    await settled();
    const { status } = answer.getSnapshot();
    answer.resume();
    answer.detach();
    answer.resume();
    release();
    await settled();
    answer.attach();
    expect([fake.opened.length, answer.getSnapshot().status, answer.getSnapshot().text]).toEqual([1, status, 'kept']);
  }
});

test.each(['onEvent', 'onStatus'] as const)('what %s throws ends the answer, visibly', async (name) => {
  const cause = new Error('bug in the application');
  const callback = vi
    .fn()
    .mockImplementationOnce(() => undefined)
    .mockImplementationOnce(() => {
      throw cause;
    });
  const { store: answer, fake } = reading({ [name]: callback });
  fake.last.say(...log(START, text('one '), text('two')));
  await settled();
  expect(answer.getSnapshot()).toMatchObject({ status: 'failed', error: { code: 'internal', cause } });
});

test('a signal leaves the answer, which is no error', async () => {
  const { store: answer, fake } = reading();
  fake.last.say(...log(START, text('one ')));
  await settled();
  fake.last.stream.detach();
  await settled();
  expect(answer.getSnapshot()).toMatchObject({ status: 'detached', error: undefined, text: 'one ' });
});

test('options that cannot work are an error of the answer', async () => {
  const open = () => {
    throw new TokenwireError('invalid_request', '`url` must be an absolute URL.');
  };
  const onStatus = vi.fn();
  const question = { request: { prompt: 'x' }, after: undefined, text: '' };
  const answer = new AnswerStore(question, { open, options: { url: '::', onStatus } }, manualFrames().schedule);
  answer.attach();
  await settled();
  expect(answer.getSnapshot()).toMatchObject({ status: 'failed', error: { code: 'invalid_request' } });
  expect(onStatus.mock.calls).toEqual([['failed']]);
});

test('letting go leaves the connection in the next microtask, unless somebody has come back', async () => {
  const { store: answer, fake, release } = reading();
  release();
  const again = answer.attach();
  await settled();
  expect(fake.last.detached).toBe(false);
  again();
  await settled();
  expect([fake.last.detached, fake.last.stops, answer.getSnapshot().status]).toEqual([true, 0, 'detached']);
  answer.attach();
  expect(fake.opened.map(({ options }) => options.after)).toEqual([undefined, `${ID}.0`]);
});
