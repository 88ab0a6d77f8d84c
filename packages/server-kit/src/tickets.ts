import { randomBytes } from 'node:crypto';

import { TokenwireError, type Clock } from '@tokenwire/protocol';

import { keyedDigest } from './keyed-digest.js';

/** What a ticket stands for. */
export interface Pass {
  readonly owner: string;
  /** The only generation that it opens; absent: all of its owner's, and new ones. */
  readonly generation?: string;
}

export interface TicketsOptions {
  readonly clock: Clock;
  /** How long a ticket can be used, in milliseconds, default 60 000. */
  readonly lifetimeMs?: number;
  /** Unused tickets of one owner, default 100; one more is `rate_limited`. */
  readonly maxPerOwner?: number;
  /** Unused tickets in all, default 10 000; one more is `overloaded`. */
  readonly max?: number;
}

/**
 * Tickets for those who cannot send headers: `EventSource` and a browser's `WebSocket`. A ticket goes into a URL, where
 * logs and histories see it, so it opens one connection, once, within a minute.
 */
export class Tickets {
  readonly lifetimeMs: number;
  readonly #clock: Clock;
  readonly #max: number;
  readonly #maxPerOwner: number;
  readonly #digest = keyedDigest();
  /** In the order of their ends: all live equally long. */
  readonly #open = new Map<string, Pass & { readonly endMs: number }>();
  readonly #count = new Map<string, number>();
  #callOff: (() => void) | undefined;

  constructor({ clock, lifetimeMs = 60_000, maxPerOwner = 100, max = 10_000 }: TicketsOptions) {
    this.#clock = clock;
    this.lifetimeMs = lifetimeMs;
    this.#max = max;
    this.#maxPerOwner = maxPerOwner;
  }

  /** Tickets that were neither used nor have expired. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Makes a ticket of 192 random bits.
   * @throws {TokenwireError} `rate_limited`, `overloaded`.
   */
  issue(pass: Pass): string {
    this.#expire();
    const retryAfterMs = 1_000;
    if ((this.#count.get(pass.owner) ?? 0) >= this.#maxPerOwner) {
      throw new TokenwireError('rate_limited', 'You have many unused tickets; use them first.', { retryAfterMs });
    }
    if (this.#open.size >= this.#max) {
      throw new TokenwireError('overloaded', 'Too many tickets are unused; try again later.', { retryAfterMs });
    }
    const ticket = randomBytes(24).toString('base64url');
    this.#open.set(this.#digest(ticket), { ...pass, endMs: this.#clock.now() + this.lifetimeMs });
    this.#count.set(pass.owner, (this.#count.get(pass.owner) ?? 0) + 1);
    this.#arm();
    return ticket;
  }

  /**
   * Uses a ticket up, whatever comes of it.
   * @throws {TokenwireError} `unauthenticated` when it is unknown, used or expired.
   */
  redeem(ticket: string): Pass {
    this.#expire();
    const digest = this.#digest(ticket);
    const pass = this.#open.get(digest);
    if (!pass) throw new TokenwireError('unauthenticated', 'This ticket is not valid any more; ask for a new one.');
    this.#drop(digest, pass.owner);
    this.#arm();
    return pass;
  }

  #drop(digest: string, owner: string): void {
    this.#open.delete(digest);
    const left = (this.#count.get(owner) ?? 1) - 1;
    if (left === 0) this.#count.delete(owner);
    else this.#count.set(owner, left);
  }

  #expire(): void {
    const nowMs = this.#clock.now();
    for (const [digest, { owner, endMs }] of this.#open) {
      if (endMs > nowMs) break;
      this.#drop(digest, owner);
    }
  }

  /** One timer for all: at the end of the oldest. */
  #arm(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    for (const { endMs } of this.#open.values()) {
      const expire = (): void => (this.#expire(), this.#arm());
      this.#callOff = this.#clock.after(Math.max(0, endMs - this.#clock.now()), expire, { background: true });
      break;
    }
  }
}

/**
 * A pass that opens this generation (undefined: a new one).
 * @throws {TokenwireError} `forbidden`.
 */
export function checkPass({ generation: only }: Pass, generation: string | undefined): void {
  if (only === undefined || only === generation) return;
  throw new TokenwireError('forbidden', 'This ticket is for another generation.');
}
