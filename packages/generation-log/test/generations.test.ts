import { getEventListeners } from 'node:events';

import { TokenwireError } from '@tokenwire/protocol';
import type { Piece, TokenSource } from '@tokenwire/token-source';
import { describe, expect, test } from 'vitest';

import { readAll, REQUEST, ScriptedModel, settle, setUp, typesOf } from './support.js';

test('an answer becomes events with its blocks opened and closed', async () => {
  const { generations, model } = setUp();
  const generation = generations.start(REQUEST);
  model.push({ type: 'thinking', thinking: 'hm' }, { type: 'tool_use', id: 't1', name: 'look', tokens: 0 });
  model.push({ type: 'tool_input', partialJson: '{"a":' }, { type: 'tool_input', partialJson: '1}' });
  model.say('Hi');
  model.finish();
  const entries = await readAll(generation.read(0));
  expect(typesOf(entries)).toEqual([
    'message_start',
    ...['content_block_start', 'content_block_delta', 'content_block_stop'],
    ...['content_block_start', 'content_block_delta', 'content_block_delta', 'content_block_stop'],
    ...['content_block_start', 'content_block_delta', 'content_block_stop'],
    ...['message_delta', 'message_stop'],
  ]);
  expect(JSON.parse(entries[4]?.json ?? '')).toMatchObject({ index: 1, block: { type: 'tool_use', id: 't1' } });
  expect(generation.snapshot()).toMatchObject({
    status: 'completed',
    text: 'Hi',
    stopReason: 'end_turn',
    usage: { inputTokens: 1, outputTokens: 2 },
  });
  expect(generation.tokens).toBe(4);
});

test('two tool calls in a row are two blocks', async () => {
  const { generations, model } = setUp();
  const generation = generations.start(REQUEST);
  model.push({ type: 'tool_use', id: 'a', name: 'x' }, { type: 'tool_use', id: 'b', name: 'x' });
  model.finish();
  const types = typesOf(await readAll(generation.read(0)));
  expect(types.filter((type) => type === 'content_block_start')).toHaveLength(2);
  expect(types.filter((type) => type === 'content_block_stop')).toHaveLength(2);
});

test('begun settles when the model accepts, before its first token', async () => {
  const { generations, model } = setUp();
  const generation = generations.start(REQUEST);
  let begun = false;
  void generation.begun.then(() => (begun = true));
  await settle();
  expect(begun).toBe(false);
  model.accept();
  await settle();
  expect(begun).toBe(true);
  expect(typesOf(generation.log.take(0, 1_000))).toEqual(['message_start']);
});

test('a failure before the first event leaves a log of one error, and keeps its details', async () => {
  const { generations, model } = setUp();
  const generation = generations.start(REQUEST);
  model.fail(new TokenwireError('upstream_rate_limited', 'slow down', { retryAfterMs: 7_000 }));
  await generation.begun;
  expect(typesOf(await readAll(generation.read(0)))).toEqual(['error']);
  expect(generation.failure?.details.retryAfterMs).toBe(7_000);
  expect(generation.status).toBe('failed');
});

test('a failure in mid-answer keeps what came before', async () => {
  const { generations, model } = setUp();
  const generation = generations.start(REQUEST);
  model.say('partial');
  model.fail(new TokenwireError('upstream_error', 'reset'));
  expect(typesOf(await readAll(generation.read(0))).at(-1)).toBe('error');
  expect(generation.snapshot()).toMatchObject({ status: 'failed', text: 'partial', error: { code: 'upstream_error' } });
});

test('a bug in a source ends that one answer with "internal", says nothing of it, and reports it', async () => {
  const reported: unknown[] = [];
  const { generations, model } = setUp({ onInternalError: (error) => reported.push(error) });
  const generation = generations.start(REQUEST);
  model.fail(new Error('secret detail'));
  const entries = await readAll(generation.read(0));
  expect(JSON.parse(entries.at(-1)?.json ?? '')).toMatchObject({ type: 'error', error: { code: 'internal' } });
  expect(entries.at(-1)?.json).not.toContain('secret');
  expect(reported).toHaveLength(1);
});

test('a bug in one answer leaves the others alone', async () => {
  const models = new Map(['broken', 'sound'].map((name) => [name, new ScriptedModel()]));
  const source: TokenSource = (request, context) => {
    const model = models.get(request.model);
    if (!model) throw new TypeError('no such model');
    return model.source(request, context);
  };
  const { generations } = setUp({ resolve: () => source });
  const [broken, sound, absent] = ['broken', 'sound', 'absent'].map((model) =>
    generations.start({ ...REQUEST, model }),
  );
  models.get('sound')?.say('a');
  models.get('broken')?.fail(new TypeError('undefined is not a function'));
  await settle();
  expect([broken?.failure?.code, absent?.failure?.code, sound?.status]).toEqual(['internal', 'internal', 'running']);
  models.get('sound')?.say('b');
  models.get('sound')?.finish();
  await settle();
  expect([sound?.status, sound?.snapshot().text]).toEqual(['completed', 'ab']);
  expect(generations.stats().running).toBe(0);
});

test('a source that fails after its end is a reported bug, and the answer stays complete', async () => {
  const reported: unknown[] = [];
  const end: Piece = { type: 'end', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 0 } };
  async function* failsToClose(): AsyncGenerator<readonly Piece[]> {
    try {
      yield [end];
    } finally {
      reported.push('closing');
      await Promise.reject(new Error('cannot close'));
    }
  }
  async function* endsTwice(): AsyncGenerator<readonly Piece[]> {
    yield [end, end];
  }
  for (const source of [failsToClose, endsTwice]) {
    const { generations } = setUp({ resolve: () => source, onInternalError: (error) => reported.push(String(error)) });
    const generation = generations.start(REQUEST);
    await readAll(generation.read(0));
    await settle();
    expect(generation.status).toBe('completed');
    expect(generations.stats().running).toBe(0);
  }
  expect(reported).toEqual(['closing', 'Error: cannot close', expect.stringContaining('has ended')]);
});

test('a model that hangs up without an end is truncated, never complete', async () => {
  const { generations, model } = setUp();
  const generation = generations.start(REQUEST);
  model.say('half');
  model.hangUp();
  await readAll(generation.read(0));
  expect(generation.snapshot()).toMatchObject({ status: 'failed', error: { code: 'upstream_truncated' } });
});

test('a stop closes the model, then ends the log; nothing follows, and the receipt says so', async () => {
  const { generations, model } = setUp();
  const generation = generations.start(REQUEST);
  model.say('a', 'b');
  await settle();
  const receipt = await generation.stop('client');
  expect(model.closed).toBe(1);
  expect(receipt).toEqual({
    id: generation.id,
    status: 'cancelled',
    alreadyDone: false,
    lastSeq: generation.log.lastSeq,
    upstreamClosedMs: 0,
    tokensAfterStop: 0,
  });
  expect(JSON.parse(generation.log.take(generation.log.lastSeq - 1, 100)[0]?.json ?? '')).toMatchObject({
    type: 'cancelled',
    by: 'client',
  });
});

test('stopping twice, also at once, is one stop; after the end it says so', async () => {
  const { generations, model } = setUp();
  const generation = generations.start(REQUEST);
  model.say('a');
  await settle();
  const [first, second] = await Promise.all([generation.stop('client'), generation.stop('disconnect')]);
  expect(second).toEqual(first);
  expect(await generation.stop('client')).toEqual({ ...first, alreadyDone: true });
  const finished = generations.start(REQUEST);
  model.finish();
  await readAll(finished.read(0));
  expect(await finished.stop('client')).toMatchObject({ status: 'completed', alreadyDone: true });
});

test('a stop before the model accepted ends the log with its only event', async () => {
  const { generations } = setUp();
  const generation = generations.start(REQUEST);
  await generation.stop('client');
  expect(typesOf(await readAll(generation.read(0)))).toEqual(['cancelled']);
});

test('a stop at once never calls the model', async () => {
  const { generations, model } = setUp();
  const generation = generations.start(REQUEST);
  await generation.stop('client');
  expect(model.request).toBeUndefined();
});

test('a model that ignores the abort delays a stop by the time-out at most; its late tokens are counted and dropped', async () => {
  const { generations, model, clock } = setUp({ closeTimeoutMs: 500 });
  model.deaf = true;
  const generation = generations.start(REQUEST);
  model.say('a');
  await settle();
  const stopping = generation.stop('client');
  model.say('late', 'later');
  await settle();
  await clock.advance(500);
  const receipt = await stopping;
  expect(receipt).toMatchObject({ upstreamClosedMs: 500, tokensAfterStop: 2, status: 'cancelled' });
  expect(generation.log.text).toBe('a');
  model.hangUp();
  await settle();
  expect(generation.log.lastSeq).toBe(receipt.lastSeq);
});

test('nobody reading for the grace period cancels the answer; a reader in time saves it', async () => {
  const { generations, model, clock } = setUp();
  const generation = generations.start({ ...REQUEST, onDisconnect: { graceMs: 1_000 } });
  const controller = new AbortController();
  const reading = readAll(generation.read(0, { signal: controller.signal }));
  model.say('a');
  await clock.advance(5_000);
  expect(generation.status).toBe('running');
  controller.abort();
  await reading;
  await clock.advance(900);
  const again = new AbortController();
  const rereading = readAll(generation.read(0, { signal: again.signal }));
  await clock.advance(5_000);
  expect(generation.status).toBe('running');
  again.abort();
  await rereading;
  await clock.advance(1_000);
  expect(generation.log.terminal).toMatchObject({ type: 'cancelled', by: 'disconnect' });
  expect(model.closed).toBe(1);
});

test('under "cancel" the last reader to leave ends the answer; under "continue" nobody does', async () => {
  for (const [policy, status] of [
    ['cancel', 'cancelled'],
    ['continue', 'running'],
  ] as const) {
    const { generations, model, clock } = setUp();
    const generation = generations.start({ ...REQUEST, onDisconnect: policy });
    model.say('a');
    for await (const _ of generation.read(0)) break;
    await clock.advance(60_000);
    expect(generation.status).toBe(status);
  }
});

test('a poller that was answered counts as a reader for its lease', async () => {
  const { generations, clock } = setUp();
  const generation = generations.start({ ...REQUEST, onDisconnect: 'cancel' });
  generation.enter()(2_000);
  await clock.advance(1_900);
  generation.enter()(2_000);
  await clock.advance(1_900);
  expect(generation.status).toBe('running');
  await clock.advance(200);
  expect(generation.status).toBe('cancelled');
});

test('one idempotency key and one request are one generation; another request is a conflict', async () => {
  const { generations } = setUp();
  const options = { idempotencyKey: 'k' };
  const first = generations.start(REQUEST, options);
  expect(generations.start({ ...REQUEST }, options)).toBe(first);
  expect(() => generations.start({ ...REQUEST, maxTokens: 11 }, options)).toThrow(
    expect.objectContaining({ code: 'conflict' }),
  );
  expect(generations.start(REQUEST, { ...options, owner: 'somebody else' })).not.toBe(first);
});

test('a key whose start was refused by the model is free again: a refusal is no answer', async () => {
  const { generations, model } = setUp();
  const options = { idempotencyKey: 'k' };
  const refused = generations.start(REQUEST, options);
  model.fail(new TokenwireError('upstream_error', 'no'));
  await refused.begun;
  const second = generations.start(REQUEST, options);
  expect(second).not.toBe(refused);
  model.say('partial');
  model.fail(new TokenwireError('upstream_error', 'reset'));
  await readAll(second.read(0));
  expect(generations.start(REQUEST, options)).toBe(second);
});

test('another owner’s generation does not exist', () => {
  const { generations } = setUp();
  const { id } = generations.start(REQUEST, { owner: 'ann' });
  expect(generations.get(id, 'ann').id).toBe(id);
  for (const [wanted, owner] of [
    [id, 'bob'],
    [id, ''],
    ['gen_0123456789012345678901', 'ann'],
  ] as const) {
    expect(() => generations.get(wanted, owner)).toThrow(expect.objectContaining({ code: 'not_found' }));
  }
});

test('limits refuse one more at once, and release what ended', async () => {
  const { generations, model } = setUp({ maxRunning: 2, maxRunningPerOwner: 1 });
  const first = generations.start(REQUEST, { owner: 'ann' });
  await settle();
  expect(() => generations.start(REQUEST, { owner: 'ann' })).toThrow(expect.objectContaining({ code: 'rate_limited' }));
  generations.start(REQUEST);
  expect(() => generations.start(REQUEST)).toThrow(expect.objectContaining({ code: 'overloaded' }));
  await first.stop('client');
  expect(() => generations.start(REQUEST)).not.toThrow();
  expect(model.aborted).toBe(true);
});

test('finished answers expire by time; their cursors are told apart from unknown ones for a while', async () => {
  const { generations, model, clock } = setUp({ retentionMs: 1_000 });
  const { id, log } = generations.start(REQUEST, { idempotencyKey: 'k' });
  model.finish();
  await readAll(log.read(0));
  expect(generations.get(id).id).toBe(id);
  await clock.advance(1_000);
  expect(() => generations.get(id)).toThrow(expect.objectContaining({ code: 'cursor_expired' }));
  expect(() => generations.get(id, 'bob')).toThrow(expect.objectContaining({ code: 'not_found' }));
  await clock.advance(1_000);
  expect(() => generations.get(id)).toThrow(expect.objectContaining({ code: 'not_found' }));
  expect({ ...generations.stats(), tokens: 0 }).toEqual({
    running: 0,
    kept: 0,
    readers: 0,
    logBytes: 0,
    idempotencyKeys: 0,
    remembered: 0,
    tokens: 0,
  });
  expect(clock.pending).toBe(0);
});

test('over the byte limit the oldest finished answers go first, running ones never', async () => {
  const { generations, model } = setUp({ retentionBytes: 2_500 });
  const finished: string[] = [];
  const running = generations.start(REQUEST);
  model.say('x');
  await settle();
  for (let n = 0; n < 3; n += 1) {
    // The scripted model serves one generation after the other.
    const generation = generations.start(REQUEST);
    finished.push(generation.id);
    await generation.stop('client');
    expect(generations.stats().kept).toBeGreaterThan(0);
  }
  const large = generations.start(REQUEST);
  await settle();
  large.log.append({
    type: 'content_block_start',
    index: 0,
    block: { type: 'tool_use', id: 'x'.repeat(2_300), name: '' },
  });
  await large.stop('client');
  expect(() => generations.get(finished[0] ?? '')).toThrow(expect.objectContaining({ code: 'cursor_expired' }));
  expect(generations.get(running.id).id).toBe(running.id);
});

test('a drain refuses new answers and waits for the running ones', async () => {
  const { generations, model } = setUp();
  const generation = generations.start(REQUEST);
  generations.drain();
  expect(() => generations.start(REQUEST)).toThrow(expect.objectContaining({ code: 'draining' }));
  let idle = false;
  const waiting = generations.idle().then(() => (idle = true));
  await settle();
  expect(idle).toBe(false);
  model.finish();
  await waiting;
  expect(generation.status).toBe('completed');
});

test('shutdown ends what still runs', async () => {
  const { generations } = setUp();
  const generation = generations.start(REQUEST);
  await generations.stopAll('shutdown');
  expect(generation.log.terminal).toMatchObject({ type: 'cancelled', by: 'shutdown' });
});

test('ids are unguessable and cursors are made of them', () => {
  const { generations } = setUp();
  const ids = Array.from({ length: 50 }, () => generations.start(REQUEST).id);
  expect(new Set(ids).size).toBe(50);
  for (const id of ids) expect(id).toMatch(/^gen_[A-Za-z0-9]{24}$/);
});

describe('who waits for the model to accept', () => {
  const onDisconnect = { graceMs: 1_000 };

  test('counts as a reader: the grace period does not run', async () => {
    const { generations, model, clock } = setUp();
    const generation = generations.start({ ...REQUEST, onDisconnect });
    const { signal } = new AbortController();
    const reading = generation.untilBegun(signal, 60_000).then(() => readAll(generation.read(0)));
    await clock.advance(50_000);
    expect([generation.status, generation.readers]).toEqual(['running', 1]);
    model.say('late');
    model.finish();
    await clock.advance(0);
    expect(typesOf(await reading).at(-1)).toBe('message_stop');
    expect([generation.readers, getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
  });

  test('waits no longer than it cares to, and leaves no timer', async () => {
    const { generations, model, clock } = setUp();
    const generation = generations.start({ ...REQUEST, onDisconnect: 'continue' });
    const pending = clock.pending;
    let waited = false;
    void generation.untilBegun(new AbortController().signal, 15_000).then(() => (waited = true));
    await clock.advance(14_999);
    expect(waited).toBe(false);
    await clock.advance(1);
    expect([waited, generation.readers, clock.pending]).toEqual([true, 0, pending]);
    const inTime = generation.untilBegun(new AbortController().signal, 15_000);
    model.say('word');
    model.finish();
    await clock.advance(0);
    await inTime;
    // Only the timer that ends the keeping of the answer.
    expect(clock.pending).toBe(1);
  });

  test.each(['before', 'while'])('has left when it is gone %s it waits', async (when) => {
    const { generations, clock } = setUp();
    const gone = new AbortController();
    if (when === 'before') gone.abort();
    const generation = generations.start({ ...REQUEST, onDisconnect });
    const waiting = generation.untilBegun(gone.signal, 60_000);
    gone.abort();
    await clock.advance(999);
    expect([generation.status, generation.readers]).toEqual(['running', 0]);
    await clock.advance(1);
    expect(generation.log.terminal).toMatchObject({ type: 'cancelled', by: 'disconnect' });
    await waiting;
  });
});
