import { type StopReceipt, TokenwireError } from '@tokenwire/protocol';
import { Engine } from './engine.js';
import { Iteration } from './iterate.js';
import { settle } from './settings.js';
import { stopGeneration } from './stop.js';
import type { Connect, StreamOptions, TokenStream } from './types.js';

/**
 * Makes a client out of a transport.
 * @throws {TokenwireError} `invalid_request` or `invalid_cursor` for options that cannot work.
 */
export function openStream(options: StreamOptions, connect: Connect): TokenStream {
  const engine = new Engine(settle(options), options.monitor?.(connect) ?? connect);
  let reading = false;
  let text: Promise<string> | undefined;
  let stopping: Promise<StopReceipt> | undefined;

  const stream: TokenStream = {
    get cursor() {
      return engine.cursor;
    },
    get id() {
      return engine.id;
    },
    get status() {
      return engine.status;
    },
    get textSoFar() {
      return engine.inbox.text;
    },
    get partial() {
      return engine.status === 'failed' || engine.status === 'detached';
    },
    get reconnects() {
      return engine.reconnects;
    },
    get requests() {
      return engine.requests;
    },
    text: () => (text ??= readAll(stream)),
    stop() {
      // A stop that failed may be tried again; one that is under way or has succeeded is the answer for everybody.
      stopping ??= stopGeneration(engine).catch((error: unknown) => {
        stopping = undefined;
        throw error;
      });
      return stopping;
    },
    detach: () => engine.leave(new TokenwireError('aborted', 'The stream was detached.')),
    [Symbol.asyncIterator]() {
      if (reading) throw new TokenwireError('invalid_request', 'A stream is read once. Open another one.');
      reading = true;
      return new Iteration(engine);
    },
  };
  return stream;
}

async function readAll(stream: TokenStream): Promise<string> {
  for await (const _ of stream) {
    // The engine keeps the text.
  }
  return stream.textSoFar;
}
