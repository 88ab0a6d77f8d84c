/** Reads through a connection that is cut once in mid-answer, and notes how the client finds its way back. */
import { FaultProxy, type Ending } from '@tokenwire/conformance/fault-proxy';

import { nowMs } from '../compare/clock.js';
import type { Call, Read, Sink } from './driver.js';
import { consume, open } from './tokenwire.js';

export interface CutOptions {
  /** How the connection ends; a blackhole says nothing, so only silence tells. */
  readonly how: Ending;
  /** After so many tokens. */
  readonly afterTokens: number;
}

export const read: Read = async (call, sink) => {
  const { how, afterTokens } = call.options as unknown as CutOptions;
  const proxy = await FaultProxy.before(call.url);
  const cut = new Cut(sink, () => proxy.cutAll(how), afterTokens);
  const through: Call = { ...call, url: proxy.url };
  const stream = open(through, cut, undefined, (status) => status === 'reconnecting' && cut.noticed());
  try {
    await consume(stream, cut);
  } finally {
    sink.requests(stream.requests, stream.reconnects);
    await proxy.close();
  }
};

/** Passes everything on, cuts when it is time, and notes what follows. */
class Cut implements Sink {
  readonly #sink: Sink;
  readonly #cut: () => void;
  #left: number;
  #cutMs = 0;
  #noticedMs = 0;

  constructor(sink: Sink, cut: () => void, afterTokens: number) {
    this.#sink = sink;
    this.#cut = cut;
    this.#left = afterTokens;
  }

  token(text: string): void {
    this.#sink.token(text);
    if (this.#noticedMs > 0) {
      this.#sink.extra('noticeMs', this.#noticedMs - this.#cutMs);
      this.#sink.extra('resumeMs', nowMs() - this.#noticedMs);
      this.#noticedMs = 0;
    }
    this.#left -= 1;
    if (this.#left !== 0) return;
    this.#cutMs = nowMs();
    this.#cut();
  }

  noticed(): void {
    if (this.#cutMs > 0) this.#noticedMs ||= nowMs();
  }

  headers(): void {
    this.#sink.headers();
  }

  id(id: string): void {
    this.#sink.id(id);
  }

  requests(requests: number, reconnects: number): void {
    this.#sink.requests(requests, reconnects);
  }

  lost(count: number): void {
    this.#sink.lost(count);
  }

  doubled(count: number): void {
    this.#sink.doubled(count);
  }

  extra(name: string, value: number): void {
    this.#sink.extra(name, value);
  }
}
