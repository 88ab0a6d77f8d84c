import type { Clock } from '@tokenwire/protocol';

import type { Generation } from './generation.js';

export interface RetentionOptions {
  readonly clock: Clock;
  readonly retentionMs: number;
  readonly retentionBytes: number;
  /** What the running logs hold now; counts towards the limit, but is never dropped. */
  readonly runningBytes: () => number;
  /** Called once for each generation that can no longer be read. */
  readonly forget: (generation: Generation) => void;
}

/** Expired ids that are remembered at most, so that memory stays bounded. */
const MAX_REMEMBERED = 10_000;

/** Keeps finished generations readable: for a time, and while there is room. */
export class Retention {
  readonly #options: RetentionOptions;
  /** Finished generations, oldest first, with the function that calls off their expiry. */
  readonly #finished = new Map<Generation, () => void>();
  /** Expired id → its owner and the function that calls off the forgetting. */
  readonly #expired = new Map<string, { readonly owner: string; readonly callOff: () => void }>();
  #bytes = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  /** How many expired ids are remembered. */
  get remembered(): number {
    return this.#expired.size;
  }

  /** Whether `id` was readable once, and was `owner`'s. */
  remembers(id: string, owner: string): boolean {
    return this.#expired.get(id)?.owner === owner;
  }

  /** Takes a generation that has just ended. */
  keep(generation: Generation): void {
    const { clock, retentionMs, retentionBytes, runningBytes } = this.#options;
    const callOff = clock.after(retentionMs, () => this.#expire(generation), { background: true });
    this.#finished.set(generation, callOff);
    this.#bytes += generation.log.sizeBytes;
    const room = retentionBytes - runningBytes();
    for (const oldest of this.#finished.keys()) {
      if (this.#bytes <= room) break;
      this.#expire(oldest);
    }
  }

  #expire(generation: Generation): void {
    this.#finished.get(generation)?.();
    this.#finished.delete(generation);
    this.#bytes -= generation.log.sizeBytes;
    this.#remember(generation);
    this.#options.forget(generation);
  }

  /** For one more retention time an old cursor gets "expired" instead of "unknown". */
  #remember({ id, owner }: Generation): void {
    const { clock, retentionMs } = this.#options;
    const callOff = clock.after(retentionMs, () => this.#expired.delete(id), { background: true });
    this.#expired.set(id, { owner, callOff });
    if (this.#expired.size <= MAX_REMEMBERED) return;
    for (const [oldest, entry] of this.#expired) {
      entry.callOff();
      this.#expired.delete(oldest);
      break;
    }
  }
}
