import { TokenwireError } from '@tokenwire/protocol';

import type { ControlNews } from '../control-protocol.js';
import { Backend } from './backend.js';
import { hostNow } from './host-clock.js';

/** How long a server that was replaced is kept for its readers, at most. */
const KEPT_MS = 60_000;
/** It is looked so often whether anybody needs it still. */
const LOOK_MS = 2_000;
/** Replaced servers that are kept at the same time. */
const MAX_KEPT = 4;
/** Before a server that has died is replaced: doubled each time, back to the first after a minute of health. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 30_000;
const HEALTHY_MS = 60_000;

export interface BackendsOptions {
  /** Options of the combined server. */
  readonly args?: readonly string[];
  /** Told about each server that drains, is replaced, is gone. */
  readonly news: (news: ControlNews) => void;
  /** Cuts all connections to a server. */
  readonly cut: (backend: Backend) => void;
  /** Whether a page has a lane to it. */
  readonly isUsed: (backend: Backend) => boolean;
  /** The process has ended. */
  readonly gone: (backend: Backend) => void;
}

/**
 * The servers of answers: one that takes new ones, and those that were replaced and finish what they have. Replacing one
 * is what a rolling deployment does with instances that share nothing: the new one is up first, then new answers go to it,
 * the connections to the old one end, and who comes back for an answer of the old one finds it there until it is gone.
 */
export class Backends {
  readonly #options: BackendsOptions;
  readonly #living = new Set<Backend>();
  readonly #kept = new Set<Backend>();
  readonly #starting = new Set<Promise<unknown>>();
  #current: Backend;
  #restarting = false;
  #closed = false;
  #retryMs = FIRST_RETRY_MS;
  #startedAt = 0;
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(first: Backend, options: BackendsOptions) {
    this.#options = options;
    this.#current = first;
    this.#watch(first);
  }

  /** @throws {Error} when the first one does not start. */
  static async start(options: BackendsOptions): Promise<Backends> {
    return new Backends(await Backend.start(options.args), options);
  }

  /** The one that takes new answers. */
  get current(): Backend {
    return this.#current;
  }

  /** The one that keeps the answers with this mark, as long as it lives. */
  withMark(mark: string | undefined): Backend | undefined {
    return [...this.#living].find((backend) => backend.mark === mark);
  }

  /**
   * Replaces the current server. Settles when the new one takes answers and the connections to the old one are cut.
   * @throws {TokenwireError} `overloaded` while another restart is under way, or too many old ones are kept.
   */
  async restart(): Promise<void> {
    if (this.#restarting || this.#kept.size >= MAX_KEPT) {
      const message = 'Servers that were replaced before are still finishing their answers; try again in a minute.';
      throw new TokenwireError('overloaded', message);
    }
    this.#restarting = true;
    try {
      const old = this.#current;
      await this.#start();
      this.#retire(old);
    } finally {
      this.#restarting = false;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.allSettled(this.#starting);
    await Promise.all(Array.from(this.#living, (backend) => backend.end()));
  }

  async #start(): Promise<void> {
    const starting = Backend.start(this.#options.args);
    this.#starting.add(starting);
    try {
      const backend = await starting;
      this.#current = backend;
      this.#watch(backend);
    } finally {
      this.#starting.delete(starting);
    }
  }

  #retire(old: Backend): void {
    this.#kept.add(old);
    old.refuseNew();
    this.#say('draining');
    this.#options.cut(old);
    this.#say('restarted');
    const until = hostNow() + KEPT_MS;
    const look = (): void => {
      if (hostNow() < until && this.#options.isUsed(old)) this.#later(LOOK_MS, look);
      else old.drain();
    };
    this.#later(LOOK_MS, look);
  }

  #watch(backend: Backend): void {
    this.#startedAt = hostNow();
    this.#living.add(backend);
    void backend.exited.then(() => this.#onExit(backend));
  }

  #onExit(backend: Backend): void {
    this.#living.delete(backend);
    this.#kept.delete(backend);
    if (this.#closed) return;
    this.#say('gone');
    this.#options.gone(backend);
    if (backend === this.#current) this.#replaceDead(backend);
  }

  /** The current server has died by itself. Requests are refused by the system until another one listens. */
  #replaceDead(dead: Backend): void {
    if (hostNow() - this.#startedAt > HEALTHY_MS) this.#retryMs = FIRST_RETRY_MS;
    this.#later(this.#retryMs, () => {
      if (this.#current !== dead) return;
      void this.#start().then(
        () => this.#say('restarted'),
        () => this.#replaceDead(dead),
      );
    });
    this.#retryMs = Math.min(2 * this.#retryMs, MAX_RETRY_MS);
  }

  #later(delayMs: number, action: () => void): void {
    if (this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delayMs);
    this.#timers.add(timer);
  }

  #say(what: 'draining' | 'restarted' | 'gone'): void {
    this.#options.news({ type: 'server', atMs: hostNow(), what });
  }
}
