import { FaultProxy, type Ending, type Way } from '../fault-proxy/index.js';
import { eventually } from '../harness/eventually.js';

/** A cut on a lane: after so many bytes of a direction, over all connections of the run. */
export interface LaneCut {
  readonly way: Way;
  readonly how: Ending;
  readonly offset: number;
}

/** What happened in a run. */
export interface LaneRun<T> {
  readonly result: T;
  /** Bytes that passed from the server, over all connections. */
  readonly down: number;
  readonly up: number;
  /** Whether the cut came to pass. */
  readonly hit: boolean;
}

/**
 * A proxy in which one stream after the other meets its cut. Each lane has an address of its own, because `fetch`
 * shares connections between streams to one address, and a cut must hit the stream that it is meant for.
 */
export class Lane {
  readonly #proxy: FaultProxy;
  #hit = false;

  private constructor(proxy: FaultProxy) {
    this.#proxy = proxy;
  }

  static async before(url: string): Promise<Lane> {
    const proxy = await FaultProxy.before(url, {
      onEvent: ({ type }) => {
        if (type === 'cut') lane.#hit = true;
      },
    });
    const lane: Lane = new Lane(proxy);
    return lane;
  }

  /** Runs `work` with the proxy's address, and cuts its connections once. Leaves none behind. */
  async run<T>(cut: LaneCut | undefined, work: (url: string) => Promise<T>): Promise<LaneRun<T>> {
    const { bytesDown, bytesUp } = this.#proxy;
    this.#hit = false;
    if (cut !== undefined) this.#proxy.cutAfterBytes(cut.offset, cut.how, cut.way);
    try {
      const result = await work(this.#proxy.url);
      const passed = { down: this.#proxy.bytesDown - bytesDown, up: this.#proxy.bytesUp - bytesUp };
      return { result, ...passed, hit: this.#hit };
    } finally {
      this.#proxy.forgetCuts();
      await this.#clear();
    }
  }

  async close(): Promise<void> {
    await this.#proxy.close();
  }

  /** Kept-alive connections must not be found by the next stream. They are closed, which `fetch` sees before it asks again. */
  async #clear(): Promise<void> {
    await eventually('the lane is empty', () => {
      this.#proxy.cutAll('fin');
      return this.#proxy.connections === 0;
    });
  }
}
