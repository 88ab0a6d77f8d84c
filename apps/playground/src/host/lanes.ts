import { FaultProxy, type ConnectionEvent, type Ending } from '@tokenwire/conformance/fault-proxy';
import { TokenwireError } from '@tokenwire/protocol';

import type { Conditions, ControlNews, LaneCounters } from '../control-protocol.js';
import type { Backend } from './backend.js';
import type { Destination, Traffic } from './destination.js';
import { hostNow } from './host-clock.js';
import type { TapQueue } from './tap.js';

/** Who is told what happens in a lane: the page that opened it. */
export interface LaneOwner {
  /** Where its taps go. */
  readonly taps: TapQueue;
  /** A counter has changed, or a piece waits. Cheap, because it is called for every piece. */
  readonly touched: (lane: Lane) => void;
  readonly news: (news: ControlNews) => void;
}

/** A line of its own between a page and a server, with a fault proxy in it. */
export class Lane implements Destination {
  readonly name: string;
  readonly owner: LaneOwner;
  readonly counters: { -readonly [Key in keyof LaneCounters]: number } = {
    open: 0,
    connections: 0,
    requests: 0,
    bytesUp: 0,
    bytesDown: 0,
  };
  /** Whether its bytes are sent to the page. */
  tapped = false;
  /** The server that its requests go to, from the first one on. */
  backend: Backend | undefined;
  readonly #proxy: FaultProxy;

  private constructor(name: string, owner: LaneOwner, proxy: FaultProxy) {
    this.name = name;
    this.owner = owner;
    this.#proxy = proxy;
  }

  static async open(name: string, owner: LaneOwner): Promise<Lane> {
    const onEvent = ({ type, how }: ConnectionEvent): void => {
      if (type === 'refuse') return;
      owner.news({ type: 'line', lane: name, atMs: hostNow(), what: type, ...(how && { how }) });
    };
    // Where it leads to is said before the first connection is made: see `leadTo`.
    return new Lane(name, owner, await FaultProxy.before('http://127.0.0.1', { onEvent }));
  }

  get port(): number {
    return Number(new URL(this.#proxy.url).port);
  }

  /** Requests go to this server from now on. */
  leadTo(backend: Backend): void {
    this.backend = backend;
    this.#proxy.leadTo(`http://127.0.0.1:${backend.port}`);
  }

  cut(how: Ending): void {
    this.#proxy.cutAll(how);
  }

  change({ up, down }: Conditions): void {
    this.#proxy.change({ ...(up && { up }), ...(down && { down }) });
  }

  async close(): Promise<void> {
    await this.#proxy.close();
  }

  readonly watch = (): Traffic => {
    let [connection, open] = [-1, false];
    const piece = (way: 'up' | 'down', bytes: Buffer): void => {
      this.counters[way === 'up' ? 'bytesUp' : 'bytesDown'] += bytes.length;
      if (this.tapped) this.owner.taps.add({ lane: this.name, connection, way, atMs: hostNow(), bytes });
      this.owner.touched(this);
    };
    return {
      request: () => {
        if (connection < 0) connection = this.counters.connections++;
        if (!open) this.counters.open += 1;
        open = true;
        this.counters.requests += 1;
      },
      up: (bytes) => piece('up', bytes),
      down: (bytes) => piece('down', bytes),
      end: (end) => {
        if (!open) return;
        open = false;
        this.counters.open -= 1;
        if (this.tapped) this.owner.taps.end({ lane: this.name, connection, atMs: hostNow(), end });
        this.owner.touched(this);
      },
    };
  };
}

/** All open lanes, by name: a request says its lane's name and nothing else. */
export class Lanes {
  readonly #byName = new Map<string, Lane>();
  /** Names of lanes that are being opened. */
  readonly #opening = new Set<string>();

  get(name: string): Lane | undefined {
    return this.#byName.get(name);
  }

  /** @throws {TokenwireError} `conflict` when there is a lane of this name. */
  async open(name: string, owner: LaneOwner): Promise<Lane> {
    if (this.#byName.has(name) || this.#opening.has(name)) {
      throw new TokenwireError('conflict', 'There is a lane of this name; take another.');
    }
    this.#opening.add(name);
    try {
      const lane = await Lane.open(name, owner);
      this.#byName.set(name, lane);
      return lane;
    } finally {
      this.#opening.delete(name);
    }
  }

  async close(lane: Lane): Promise<void> {
    this.#byName.delete(lane.name);
    await lane.close();
  }

  /** Lanes whose requests go to this server. */
  leadingTo(backend: Backend): Lane[] {
    return [...this.#byName.values()].filter((lane) => lane.backend === backend);
  }

  async closeAll(): Promise<void> {
    await Promise.all(Array.from(this.#byName.values(), (lane) => this.close(lane)));
  }
}
