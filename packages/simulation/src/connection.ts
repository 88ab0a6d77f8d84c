import type { Clock } from '@tokenwire/protocol';

import type { Chance } from './chance.js';
import { Pipe, type Parcel } from './pipe.js';
import type { Cut, Line } from './plan.js';

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly line: Line;
  readonly onOverflow: (queuedBytes: number) => void;
  /** Called when the server hangs up on a reader that takes nothing. */
  readonly onDropped: () => void;
  /** Called once, when neither side has it open any more. */
  readonly onGone: () => void;
}

/** When a kernel gives up a peer that answers nothing, in milliseconds. */
const DEAD_PEER_MS = 45_000;

/** What `fetch` throws when a connection breaks. */
export function broken(): Error {
  return new TypeError('terminated');
}

/** A connection from a client to the server: the request has gone up, everything else comes down through a pipe. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #down: Pipe;
  readonly #server = new AbortController();
  readonly #timers = new Set<() => void>();
  /** Bytes after which it breaks by itself; infinite without a planned fault. */
  #cutAfterBytes = Number.POSITIVE_INFINITY;
  #cutHow: Cut = 'reset';
  #dark = false;
  #clientOpen = true;
  #serverOpen = true;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#down = new Pipe(options);
  }

  /** The server's view: aborts when the client has gone, or seems to have. */
  get closed(): AbortSignal {
    return this.#server.signal;
  }

  /** Server: sends. False means that it was accepted, and that the next one must wait for `drained`. */
  write(parcels: readonly Parcel[]): boolean {
    for (const { bytes } of parcels) this.#cutAfterBytes -= bytes;
    const more = this.#down.write(parcels);
    if (this.#cutAfterBytes <= 0) this.cut(this.#cutHow);
    return more;
  }

  get full(): boolean {
    return this.#down.full;
  }

  drained(limitMs: number): Promise<boolean> {
    return this.#down.drained(limitMs);
  }

  /** Server: that was all. */
  end(): void {
    this.#down.end();
    this.#closeServer();
  }

  /** Server: hangs up. */
  destroy(): void {
    this.#options.onDropped();
    this.#later(() => this.#down.break(broken()));
    this.#closeServer();
  }

  /** Client: sends its request, which arrives unless the connection goes dark before. */
  request(arrive: () => void): void {
    this.#later(() => {
      if (!this.#dark) arrive();
    });
  }

  /** Client: what has arrived; undefined at the end. @throws {Error} when the connection broke. */
  receive(): Promise<readonly Parcel[] | undefined> {
    return this.#down.receive();
  }

  /** Client: hangs up. The server learns it a moment later, if it can. */
  close(): void {
    if (!this.#clientOpen) return;
    this.#clientOpen = false;
    this.#down.break(broken());
    if (!this.#dark) this.#later(() => this.#closeServer());
    this.#checkGone();
  }

  /** Will break like this after so many bytes. */
  plan(how: Cut, afterBytes: number): void {
    this.#cutHow = how;
    this.#cutAfterBytes = afterBytes;
  }

  /** Breaks in the middle, now. */
  cut(how: Cut): void {
    if (this.#dark) return;
    this.#cutAfterBytes = Number.POSITIVE_INFINITY;
    if (how === 'blackhole') {
      this.#dark = true;
      this.#down.goDark();
      this.#later(() => this.#closeServer(), DEAD_PEER_MS);
      return;
    }
    // What has arrived already may or may not be lost with a reset.
    if (how === 'end') this.#down.truncate();
    else this.#later(() => this.#down.break(broken(), this.#options.chance.is(0.5)));
    this.#later(() => this.#closeServer());
  }

  #closeServer(): void {
    if (!this.#serverOpen) return;
    this.#serverOpen = false;
    this.#down.close();
    this.#server.abort();
    this.#checkGone();
  }

  #later(action: () => void, delayMs?: number): void {
    const { clock, chance, line } = this.#options;
    const callOff = clock.after(delayMs ?? line.latencyMs + line.jitterMs * chance.next(), () => {
      this.#timers.delete(callOff);
      action();
    });
    this.#timers.add(callOff);
  }

  #checkGone(): void {
    if (this.#clientOpen || this.#serverOpen) return;
    for (const callOff of this.#timers) callOff();
    this.#timers.clear();
    this.#options.onGone();
  }
}
