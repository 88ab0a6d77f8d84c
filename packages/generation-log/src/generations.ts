import { TokenwireError, type CancelledBy, type Clock, type DisconnectPolicy } from '@tokenwire/protocol';
import type { SourceRequest, TokenSource } from '@tokenwire/token-source';

import type { FlushPolicy } from './flush-policy.js';
import { Generation } from './generation.js';
import { randomId, randomSeed } from './random.js';
import { Retention } from './retention.js';
import { TickClock } from './tick-clock.js';

/** A validated request, as the registry takes it. */
export interface StartRequest extends Omit<SourceRequest, 'seed'> {
  /** Default: random. */
  readonly seed?: number;
  readonly onDisconnect: DisconnectPolicy;
}

export interface StartOptions {
  /** Who asks; default `''`, the only user of a server without authentication. */
  readonly owner?: string;
  /** Same key and same request: the same generation. */
  readonly idempotencyKey?: string;
}

export interface GenerationsOptions {
  /** Finds the source for a model's name; throws `unknown_model`. */
  readonly resolve: (model: string) => TokenSource;
  /** Default: the computer's clock. */
  readonly clock?: Clock;
  /** Makes ids; default `gen_` and 24 characters from a cryptographic generator (143 bits). */
  readonly newId?: () => string;
  /** Makes seeds for requests without one: integers from 0 to 2³² − 1. */
  readonly newSeed?: () => number;
  /** Running generations at the same time, default 200; one more is refused, not queued. */
  readonly maxRunning?: number;
  /** The same for one authenticated owner, default 4. Does not limit the nameless owner `''`. */
  readonly maxRunningPerOwner?: number;
  /** How long a finished generation can be read, in milliseconds, default 10 minutes. */
  readonly retentionMs?: number;
  /** How much all logs may hold, default 64 MiB; then the oldest finished go first, running ones never. */
  readonly retentionBytes?: number;
  /** When readers get what a log has, default `tick`: as soon as it is there. */
  readonly flush?: FlushPolicy;
  /** How long a stop waits for the model's connection to close, in milliseconds, default 1 000. */
  readonly closeTimeoutMs?: number;
  /** Told about bugs in sources; the generation itself ends with `internal`. */
  readonly onInternalError?: (error: unknown) => void;
}

/** All generations of a server: start once, read many times, stop, expire. */
export class Generations {
  readonly clock: Clock;
  readonly #options: GenerationsOptions;
  readonly #byId = new Map<string, Generation>();
  readonly #running = new Set<Generation>();
  readonly #keys = new Map<string, { readonly fingerprint: string; readonly generation: Generation }>();
  readonly #keyOf = new Map<Generation, string>();
  readonly #retention: Retention;
  #draining = false;
  #tokens = 0;

  constructor(options: GenerationsOptions) {
    this.#options = options;
    this.clock = options.clock ?? new TickClock();
    this.#retention = new Retention({
      clock: this.clock,
      retentionMs: options.retentionMs ?? 600_000,
      retentionBytes: options.retentionBytes ?? 64 * 1024 * 1024,
      runningBytes: () => sum(this.#running, (generation) => generation.log.sizeBytes),
      forget: (generation) => this.#forget(generation),
    });
  }

  /**
   * Starts a generation, or finds the one that the idempotency key already started.
   * @throws {TokenwireError} `unknown_model`, `conflict` (key used with another request), `rate_limited` and
   *   `overloaded` (limits), `draining`.
   */
  start(request: StartRequest, { owner = '', idempotencyKey }: StartOptions = {}): Generation {
    const key = idempotencyKey === undefined ? undefined : `${owner}\n${idempotencyKey}`;
    const fingerprint = key === undefined ? '' : JSON.stringify(request);
    const earlier = key === undefined ? undefined : this.#keys.get(key);
    if (earlier) {
      if (earlier.fingerprint === fingerprint) return earlier.generation;
      throw new TokenwireError('conflict', 'This Idempotency-Key was used with another request; take a new key.');
    }
    const source = this.#options.resolve(request.model);
    this.#admit(owner);
    const generation = this.#create(request, owner, source);
    if (key !== undefined) {
      this.#keys.set(key, { fingerprint, generation });
      this.#keyOf.set(generation, key);
    }
    return generation;
  }

  /**
   * Finds a generation.
   * @throws {TokenwireError} `not_found` also when it is another owner's; `cursor_expired` when it was kept once.
   */
  get(id: string, owner = ''): Generation {
    const generation = this.#byId.get(id);
    if (generation?.owner === owner) return generation;
    if (this.#retention.remembers(id, owner)) {
      const message = 'This answer is no longer kept; start a new generation.';
      throw new TokenwireError('cursor_expired', message, { oldest: null });
    }
    const message = 'There is no such generation. Answers are kept in memory and do not survive a restart.';
    throw new TokenwireError('not_found', message);
  }

  /** Refuses new generations from now on. */
  drain(): void {
    this.#draining = true;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** Settles when nothing runs any more. */
  async idle(): Promise<void> {
    for (const generation of this.#running) {
      // Read without counting as a reader: waiting for the end must not keep an abandoned generation alive.
      for await (const _ of generation.log.read(generation.log.lastSeq));
    }
  }

  /** Stops all running generations. @param closeTimeoutMs in place of the option, for those in a hurry. */
  async stopAll(by: CancelledBy, closeTimeoutMs?: number): Promise<void> {
    await Promise.all(Array.from(this.#running, (generation) => generation.stop(by, closeTimeoutMs)));
  }

  /** Counts for monitoring; each is back to 0 when everything has ended and expired, except `tokens`. */
  stats(): GenerationStats {
    return {
      running: this.#running.size,
      kept: this.#byId.size,
      readers: sum(this.#byId.values(), (generation) => generation.readers),
      logBytes: sum(this.#byId.values(), (generation) => generation.log.sizeBytes),
      idempotencyKeys: this.#keys.size,
      remembered: this.#retention.remembered,
      tokens: this.#tokens + sum(this.#running, (generation) => generation.tokens),
    };
  }

  #admit(owner: string): void {
    const { maxRunning = 200, maxRunningPerOwner = 4 } = this.#options;
    const retryAfterMs = 1_000;
    if (this.#draining) {
      throw new TokenwireError('draining', 'This server is shutting down; try another one.', { retryAfterMs });
    }
    if (this.#running.size >= maxRunning) {
      const message = `This server already runs its limit of ${maxRunning} generations; try again later.`;
      throw new TokenwireError('overloaded', message, { retryAfterMs });
    }
    if (owner !== '' && sum(this.#running, (other) => Number(other.owner === owner)) >= maxRunningPerOwner) {
      const message = `You already run your limit of ${maxRunningPerOwner} generations; stop one or wait.`;
      throw new TokenwireError('rate_limited', message, { retryAfterMs });
    }
  }

  #create(request: StartRequest, owner: string, source: TokenSource): Generation {
    const { newId = randomId, newSeed = randomSeed, closeTimeoutMs = 1_000, onInternalError } = this.#options;
    const { flush = 'tick' } = this.#options;
    const { onDisconnect, ...rest } = request;
    const generation = new Generation({
      id: newId(),
      owner,
      request: { ...rest, seed: request.seed ?? newSeed() },
      onDisconnect,
      source,
      clock: this.clock,
      flush,
      closeTimeoutMs,
      onEnd: (ended) => this.#onEnd(ended),
      onInternalError: onInternalError ?? (() => {}),
    });
    this.#byId.set(generation.id, generation);
    this.#running.add(generation);
    return generation;
  }

  #onEnd(generation: Generation): void {
    this.#running.delete(generation);
    this.#tokens += generation.tokens;
    // The key names an answer, and a refusal is none: whoever tries again with it may get one.
    if (generation.refused) this.#releaseKey(generation);
    this.#retention.keep(generation);
  }

  #forget(generation: Generation): void {
    this.#byId.delete(generation.id);
    this.#releaseKey(generation);
  }

  #releaseKey(generation: Generation): void {
    const key = this.#keyOf.get(generation);
    this.#keyOf.delete(generation);
    if (key !== undefined) this.#keys.delete(key);
  }
}

export interface GenerationStats {
  /** Generations without a terminal event. */
  readonly running: number;
  /** Generations that can be read. */
  readonly kept: number;
  readonly readers: number;
  readonly logBytes: number;
  readonly idempotencyKeys: number;
  /** Expired ids that are still told apart from unknown ones. */
  readonly remembered: number;
  /** Tokens produced since the start. */
  readonly tokens: number;
}

function sum<T>(items: Iterable<T>, size: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += size(item);
  return total;
}
