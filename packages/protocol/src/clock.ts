/**
 * Time, from outside: the log, the registry, cadence and clients never ask the system themselves,
 * so that tests can run them in virtual time.
 */
export interface Clock {
  /** Milliseconds on a monotonic scale, with fractions; the origin is arbitrary. */
  now(): number;
  /**
   * Calls `action` once after at least `delayMs`. Returns a function that calls it off.
   * A `background` timer alone does not keep a Node process alive.
   */
  after(delayMs: number, action: () => void, options?: { readonly background?: boolean }): () => void;
}

// Both exist in browsers, Node, Deno, Bun and workers; declared here because this package has no DOM and no Node types.
declare const performance: { now(): number };
declare function setTimeout(action: () => void, delayMs: number): number | { unref(): unknown };
declare function clearTimeout(timer: unknown): void;

/** The computer's own clock: monotonic, so a change of the wall clock does nothing. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, action, options) {
    // Up, because timers cut fractions off, and "at least" is promised.
    const timer = setTimeout(action, Math.ceil(delayMs));
    if (options?.background && typeof timer === 'object') timer.unref();
    return () => clearTimeout(timer);
  },
};
