import { TokenwireError } from '@tokenwire/protocol';
import type { RetryOptions } from './types.js';

/** Nobody is made to wait longer by a server, and never less than not at all. */
const MAX_RETRY_AFTER_MS = 60_000;

/**
 * `Retry-After` in milliseconds within [0, 60 000]; undefined for what RFC 9110 § 10.2.3 does not allow (-5, 1e9, …).
 * A date is compared with the answer's own `Date`, never with a clock of this side, which may be wrong or jump; without
 * a `Date` it is ignored.
 */
export function parseRetryAfter(value: string | null, date?: string | null): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return clamp(Number(text) * 1000);
  // Every HTTP date begins with the name of a day; `Date.parse` alone would also take "-5" for a date.
  if (!/^[A-Z][a-z]+, /.test(text)) return undefined;
  const delayMs = Date.parse(text) - Date.parse(date ?? '');
  return Number.isNaN(delayMs) ? undefined : clamp(delayMs);
}

function clamp(delayMs: number): number {
  return Math.min(MAX_RETRY_AFTER_MS, Math.max(0, delayMs));
}

/**
 * How long to wait before the next attempt: full jitter below base × 2ⁿ, so that a thousand readers of a restarted
 * server do not come back together. For the same reason the jitter is added to what the server asked for.
 */
export function backoffMs(
  n: number,
  retry: RetryOptions | undefined,
  random: () => number,
  retryAfterMs?: number,
): number {
  const bound = Math.min(retry?.capMs ?? 10_000, (retry?.baseMs ?? 250) * 2 ** n);
  const jitter = random() * bound;
  return retryAfterMs !== undefined && retryAfterMs > 0 ? clamp(retryAfterMs + jitter) : jitter;
}

/** What a transport throws that wants another connection at once. Nothing has failed, so nothing is counted. */
export class Reconnect extends Error {}

/** When to connect again. */
export interface Delay {
  readonly delayMs: number;
  /** The part of it that the server asked for: nothing ends it early. */
  readonly askedMs: number;
}

/**
 * Without a network every attempt fails: that is no reason to give up soon. But no call may last for ever, so this many
 * such attempts count as one. Ten times that at 10 s take an hour at most: longer than servers keep an answer.
 */
const OFFLINE_PER_ATTEMPT = 36;

/** Decides after each lost connection: try again, and when, or give up. Only a new event renews it. */
export class Patience {
  readonly #retry: RetryOptions | undefined;
  readonly #random: () => number;
  /** Attempts in a row that brought nothing new: how long to wait. */
  #failures = 0;
  /** How much of the budget they have cost. */
  #spent = 0;
  /** Whether the server's answer after this cursor has looked damaged before. */
  #doubted = false;

  constructor(retry: RetryOptions | undefined, random: () => number) {
    this.#retry = retry;
    this.#random = random;
  }

  renew(): void {
    this.#failures = 0;
    this.#spent = 0;
    this.#doubted = false;
  }

  /** What failed before a sleep says nothing about now. The waits stay long all the same: only progress ends that. */
  wake(): void {
    this.#spent = 0;
  }

  /**
   * When to try again. What is no `TokenwireError` comes from `fetch` or a socket: a connection lost.
   * @throws {TokenwireError} the error that ends the stream.
   */
  next(error: unknown, progressed: boolean, retryAfterMs = 0, offline = false): Delay {
    if (error instanceof Reconnect) return { delayMs: 0, askedMs: 0 };
    if (error instanceof TokenwireError) {
      // The server has asked the model's provider more than once already; each new start would ask again, and may cost.
      if (!error.retryable || error.code.startsWith('upstream_')) throw error;
      if (error.code === 'bad_response') {
        // Damaged twice at the same place: that is what the server says, not an accident on the way.
        if (this.#doubted) throw new TokenwireError('bad_response', error.message);
        this.#doubted = true;
      }
    }
    if (!progressed) {
      this.#failures += 1;
      this.#spent += offline ? 1 / OFFLINE_PER_ATTEMPT : 1;
    }
    if (this.#spent >= (this.#retry?.maxAttempts ?? 10)) {
      const message = `Gave up after ${this.#failures} attempts without a new event. Last: ${String(error)}`;
      throw new TokenwireError('connection_lost', message, { cause: error });
    }
    const askedMs = (error instanceof TokenwireError ? error.details.retryAfterMs : undefined) ?? clamp(retryAfterMs);
    return { delayMs: backoffMs(Math.max(0, this.#failures - 1), this.#retry, this.#random, askedMs), askedMs };
  }
}
