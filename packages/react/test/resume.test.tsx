// @vitest-environment happy-dom
import { TokenwireError } from '@tokenwire/protocol';
import { act, cleanup, renderHook } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ResumeStorage, type UseTokenStreamOptions, useTokenStream } from '../src/index.js';
import { ID, START, STOP, log, text } from '../../client-kit/test/support/answer.js';
import { fakeTransport, settled } from './support/fake.js';

const request = { prompt: 'x' };
const OTHER = ID.replace('a', 'z');

beforeEach(() => sessionStorage.clear());
afterEach(cleanup);

/** A page that was just loaded: everything but the storage is new. */
function load(options: Partial<UseTokenStreamOptions> & { readonly request?: object | undefined } = {}) {
  const fake = fakeTransport();
  const hook = renderHook(
    ({ request: asked, ...rest }) =>
      useTokenStream(fake.open, asked, { url: 'http://host.test', resumeKey: 'answer', ...rest }),
    { initialProps: { request, ...options }, wrapper: StrictMode },
  );
  return { fake, ...hook, now: () => hook.result.current };
}

const arrive = (action: () => void) =>
  act(async () => {
    action();
    await settled();
  });

/** A page that has got half of an answer and is left. */
async function half(options: Partial<UseTokenStreamOptions> = {}) {
  const page = load(options);
  await arrive(() => {
    page.fake.last.accept();
    page.fake.last.say(...log(START, text('one ')));
  });
  page.unmount();
  return page;
}

describe('after a reload', () => {
  test('the same request reads the same answer from its beginning', async () => {
    await half();
    const { fake, now } = load();
    expect(fake.opened.map(({ options }) => [options.request, options.after])).toEqual([[undefined, `${ID}.0`]]);
    await arrive(() => fake.last.say(...log(START, text('one '), text('two'), STOP)));
    expect(now()).toMatchObject({ status: 'completed', text: 'one two', id: ID });
    const again = load();
    expect(again.fake.last.options.after, 'a finished answer too').toBe(`${ID}.0`);
  });

  test('left before the answer had a name, the same start is repeated', () => {
    const left = load();
    left.unmount();
    const { fake } = load();
    const { idempotencyKey } = left.fake.last.options;
    expect(idempotencyKey).toMatch(/.{16}/);
    expect(fake.last.options).toMatchObject({ request, idempotencyKey });
  });

  test.each([
    ['another request', { request: { prompt: 'y' } }],
    ['another run', { run: 2 }],
    ['another name', { resumeKey: 'other' }],
    ['no name', { resumeKey: undefined }],
  ])('%s is asked anew', async (_, options) => {
    const left = await half();
    const { fake } = load(options);
    expect(fake.last.options).toMatchObject({ request: 'request' in options ? options.request : request });
    expect(fake.last.options.after).toBeUndefined();
    expect(fake.last.options.idempotencyKey).not.toBe(left.fake.last.options.idempotencyKey);
  });

  test('what was asked last is what is remembered', async () => {
    await half();
    const { fake, unmount } = load({ request: { prompt: 'y' } });
    await arrive(() => fake.last.accept(OTHER));
    unmount();
    expect(load().fake.last.options.request, 'the first one is forgotten').toEqual(request);
  });

  test('no request yet is no reason to forget', async () => {
    await half();
    const { fake, rerender } = load({ request: undefined });
    await settled();
    expect(fake.opened).toHaveLength(0);
    rerender({ request });
    expect(fake.last.options.after).toBe(`${ID}.0`);
  });
});

describe('an answer that the server does not know any more', () => {
  test.each(['not_found', 'cursor_expired', 'history_lost'] as const)('%s: is asked anew, once', async (code) => {
    const left = await half();
    const { fake, now, unmount } = load();
    await arrive(() => fake.last.fail(new TokenwireError(code, 'gone')));
    expect(fake.opened).toHaveLength(2);
    expect(fake.last.options).toMatchObject({ request });
    expect(fake.last.options.idempotencyKey).not.toBe(left.fake.last.options.idempotencyKey);
    await arrive(() => {
      fake.last.accept(OTHER);
      fake.last.say(...log({ type: 'message_start', id: OTHER, model: 'sim' }, text('new')));
    });
    expect(now()).toMatchObject({ error: undefined, id: OTHER });
    unmount();
    expect(load().fake.last.options.after).toBe(`${OTHER}.0`);
  });

  test('is not asked anew over and over', async () => {
    await half();
    const { fake, now } = load();
    await arrive(() => fake.last.fail(new TokenwireError('not_found', 'gone')));
    await arrive(() => fake.last.fail(new TokenwireError('not_found', 'no such route')));
    expect(fake.opened).toHaveLength(2);
    expect(now()).toMatchObject({ status: 'failed', error: { code: 'not_found' } });
  });

  test('once it was there, its loss is an error: what is shown is not thrown away', async () => {
    await half();
    const { fake, now } = load();
    await arrive(() => fake.last.say(...log(START, text('one '))));
    await arrive(() => fake.last.fail(new TokenwireError('history_lost', 'restarted')));
    expect(fake.opened).toHaveLength(1);
    expect(now()).toMatchObject({ status: 'failed', text: 'one ', error: { code: 'history_lost' } });
  });

  test('any other error is shown, and the answer stays remembered', async () => {
    await half();
    const { fake, now, unmount } = load();
    await arrive(() => fake.last.fail(new TokenwireError('connection_lost', 'later')));
    expect(fake.opened).toHaveLength(1);
    expect(now()).toMatchObject({ status: 'failed', error: { code: 'connection_lost' } });
    unmount();
    expect(load().fake.last.options.after).toBe(`${ID}.0`);
  });

  test('one that was given with `after` is an error and not a new question', async () => {
    const { fake, now } = load({ request: undefined, after: `${ID}.0` });
    await arrive(() => fake.last.fail(new TokenwireError('not_found', 'gone')));
    expect(fake.opened).toHaveLength(1);
    expect(now()).toMatchObject({ status: 'failed', error: { code: 'not_found' } });
  });
});

describe('storage', () => {
  const refuse = (): never => {
    throw new DOMException('no', 'QuotaExceededError');
  };
  const stubborn: ResumeStorage = {
    getItem: (name) => sessionStorage.getItem(name),
    setItem: refuse,
    removeItem: refuse,
  };

  test.each([
    ['throws', { getItem: refuse, setItem: refuse, removeItem: refuse }],
    ['cannot be written', stubborn],
  ])('that %s is as good as none', async (_, storage) => {
    const { fake, now } = load({ storage });
    await arrive(() => {
      fake.last.accept();
      fake.last.say(...log(START, text('all'), STOP));
    });
    expect(now()).toMatchObject({ status: 'completed', text: 'all' });
  });

  test('that cannot forget does not lead to the lost answer again', async () => {
    await half();
    const { fake } = load({ storage: stubborn });
    await arrive(() => fake.last.fail(new TokenwireError('not_found', 'gone')));
    expect(fake.opened).toHaveLength(2);
    expect(fake.last.options.after).toBeUndefined();
  });

  test('that is full does not keep what is lost', async () => {
    await half();
    const full: ResumeStorage = { ...stubborn, removeItem: (name) => sessionStorage.removeItem(name) };
    const { fake } = load({ storage: full });
    await arrive(() => fake.last.fail(new TokenwireError('not_found', 'gone')));
    expect(sessionStorage.length).toBe(0);
  });

  test.each(['', '{', 'null', '7', '[]', '{"question":1}'])('with %j in it has nothing of ours', (entry) => {
    sessionStorage.setItem('answer', entry);
    expect(load().fake.last.options).toMatchObject({ request });
  });

  test('with an id that is none: the request is asked', async () => {
    await half();
    const entry = JSON.parse(sessionStorage.getItem('answer') ?? '') as object;
    sessionStorage.setItem('answer', JSON.stringify({ ...entry, id: 'gen_<script>' }));
    const { fake } = load();
    await settled();
    expect(fake.last.options).toMatchObject({ request });
  });

  test('of one’s own is used instead of the page’s', async () => {
    await half({ storage: localStorage });
    expect([sessionStorage.length, localStorage.length]).toEqual([0, 1]);
    expect(load({ storage: localStorage }).fake.last.options.after).toBe(`${ID}.0`);
  });
});
