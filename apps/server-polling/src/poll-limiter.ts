import type { Generation } from '@tokenwire/generation-log';
import { TokenwireError, type Clock } from '@tokenwire/protocol';
import { addressKey, queryOf, TokenBucket } from '@tokenwire/server-kit';
import type { Request } from 'express';

const READER = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Keeps polling from becoming a busy loop, without breaking a simple client: a short poll too many is refused with
 * 429, a long poll too many is only answered later, because it is held anyway.
 */
export class PollLimiter {
  readonly #clock: Clock;
  readonly #perSecond: number;
  // Weak: what is known about a generation's pollers goes when the generation expires.
  readonly #buckets = new WeakMap<Generation, Map<string, TokenBucket>>();
  readonly #held = new WeakMap<Generation, Map<string, () => void>>();

  /** @param perSecond polls that one client address may make at once before it is slowed down, and wins back per second. */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
  }

  /**
   * Lets a poll pass, at once or after a short wait.
   * @throws {TokenwireError} `rate_limited` for a short poll beyond the limit.
   */
  async admit(req: Request, generation: Generation, waitMs: number, signal: AbortSignal): Promise<void> {
    const delayMs = this.#delay(req, generation, waitMs > 0);
    if (delayMs === 0 || signal.aborted) return;
    if (waitMs === 0) {
      const message = 'Polling too fast: follow nextPollMs, or use ?wait= and let the server hold the request.';
      throw new TokenwireError('rate_limited', message, { retryAfterMs: 1_000 });
    }
    await new Promise<void>((resolve) => {
      const callOff = this.#clock.after(delayMs, resolve);
      signal.addEventListener('abort', () => (callOff(), resolve()), { once: true });
    });
  }

  /**
   * One reader holds one poll: a second one means that the client gave up the first, which is answered at once.
   * A reader is known by `?reader=`; without it, two polls from one address at one cursor are taken for one reader's.
   * @throws {TokenwireError} `invalid_request` when `reader` is not 1 to 64 of `A–Z a–z 0–9 _ -`.
   */
  async onlyPoll<T>(
    req: Request,
    generation: Generation,
    seq: number,
    giveUp: () => void,
    poll: () => Promise<T>,
  ): Promise<T> {
    const name = queryOf(req).get('reader');
    if (name !== null && !READER.test(name)) {
      throw new TokenwireError('invalid_request', 'reader must be 1 to 64 letters, digits, hyphens or underscores.');
    }
    const key = name ?? `${addressKey(req)} ${seq}`;
    const held = this.#held.get(generation) ?? new Map<string, () => void>();
    this.#held.set(generation, held);
    held.get(key)?.();
    held.set(key, giveUp);
    try {
      return await poll();
    } finally {
      if (held.get(key) === giveUp) held.delete(key);
    }
  }

  /** How long this poll must wait; with `borrow` it may be let in later, without it is refused. */
  #delay(req: Request, generation: Generation, borrow: boolean): number {
    const buckets = this.#buckets.get(generation) ?? new Map<string, TokenBucket>();
    this.#buckets.set(generation, buckets);
    const key = addressKey(req);
    const bucket =
      buckets.get(key) ?? new TokenBucket({ burst: this.#perSecond, perSecond: this.#perSecond, clock: this.#clock });
    buckets.set(key, bucket);
    return borrow ? bucket.borrow() : bucket.take();
  }
}
