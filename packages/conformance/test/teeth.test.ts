import type { OpenStream, TokenStream } from '@tokenwire/client-kit';
import type { StreamEvent } from '@tokenwire/protocol';
import { afterAll, describe, expect, it } from 'vitest';

import { cellsOf, type Target } from '../src/index.js';
import { bedOf } from './support.js';

// A suite that nothing fails proves nothing: each of these clients is broken in one way, and must be found out.

const bed = await bedOf('chunked');
afterAll(() => bed.close());

type Break = (events: AsyncIterable<StreamEvent>, stream: TokenStream) => AsyncGenerator<StreamEvent, void, undefined>;

/** The client with what it yields changed on the way; everything else stays as it is. */
function broken(open: OpenStream, change: Break): OpenStream {
  return (options) => {
    const stream = open(options);
    const iterate = (): AsyncIterator<StreamEvent> =>
      change({ [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator]() }, stream);
    return new Proxy(stream, {
      get(target, key): unknown {
        if (key === Symbol.asyncIterator) return iterate;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    }) satisfies TokenStream;
  };
}

const BREAKS: readonly (readonly [name: string, change: Break, found: string])[] = [
  [
    'loses an event',
    async function* (events) {
      for await (const event of events) if (event.seq !== 9) yield event;
    },
    'events-in-order-each-once',
  ],
  [
    'says an event twice',
    async function* (events) {
      for await (const event of events) {
        yield event;
        if (event.seq === 9) yield event;
      }
    },
    'events-in-order-each-once',
  ],
  [
    'swallows the terminal event',
    async function* (events) {
      for await (const event of events) if (event.type !== 'message_stop') yield event;
    },
    'events-in-order-each-once',
  ],
  [
    'changes line ends',
    async function* (events) {
      for await (const event of events) {
        if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') yield event;
        else yield { ...event, delta: { ...event.delta, text: event.delta.text.replaceAll('\r\n', '\n') } };
      }
    },
    'ugly-tokens-byte-exact',
  ],
  [
    'takes a failure for an end',
    async function* (events) {
      try {
        yield* events;
      } catch {
        // As if nothing had happened.
      }
    },
    'source-error-keeps-the-text',
  ],
  [
    'takes leaving for stopping',
    async function* (events, stream) {
      try {
        yield* events;
      } finally {
        await stream.stop();
      }
    },
    'leaving-the-loop-detaches',
  ],
];

describe('a client that', () => {
  const [good] = bed.targets as [Target];

  it.each(BREAKS)('%s is found out', { timeout: 60_000 }, async (_name, change, found) => {
    const target = { ...good, open: broken(good.open, change) };
    const cell = (of: Target, id: string) => cellsOf(of).find(({ requirement }) => requirement.id === id);
    await expect(cell(target, found)?.run()).rejects.toThrow(/.+/);
    await cell(good, found)?.run();
  });
});
