import type { StreamOptions, StreamStatus } from './types.js';

/** Calls the application back, and remembers when that throws: it is no fault of the connection. */
export class Callbacks {
  readonly #options: StreamOptions;
  #thrown: { readonly error: unknown } | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  status(status: StreamStatus): void {
    this.call(() => this.#options.onStatus?.(status));
  }

  bytes(payload: number | string): void {
    const { onBytes } = this.#options;
    if (!onBytes) return;
    this.call(() => onBytes(typeof payload === 'number' ? payload : new TextEncoder().encode(payload).byteLength));
  }

  /** Throws what the application has thrown. */
  check(): void {
    if (this.#thrown) throw this.#thrown.error;
  }

  call<T>(callback: () => T): T {
    try {
      return callback();
    } catch (error) {
      this.#thrown ??= { error };
      throw error;
    }
  }
}
