/** Reads through a connection that is cut once in mid-answer, and notes how the client finds its way back. */
import { FaultProxy, type Ending } from '@tokenwire/conformance/fault-proxy';

import { nowMs } from '../compare/clock.js';
import type { Call, Read, Sink } from './driver.js';
import { PassingSink } from './passing-sink.js';
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

/** Cuts when it is time, and notes what follows. */
class Cut extends PassingSink {
  readonly #cut: () => void;
  #left: number;
  #cutMs = 0;
  #noticedMs = 0;

  constructor(sink: Sink, cut: () => void, afterTokens: number) {
    super(sink);
    this.#cut = cut;
    this.#left = afterTokens;
  }

  override token(text: string): void {
    super.token(text);
    if (this.#noticedMs > 0) {
      this.extra('noticeMs', this.#noticedMs - this.#cutMs);
      this.extra('resumeMs', nowMs() - this.#noticedMs);
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
}
