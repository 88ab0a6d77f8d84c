import type { StreamEvent } from '@tokenwire/protocol';
import type { Engine } from './engine.js';

type Result = IteratorResult<StreamEvent, undefined>;

/**
 * The iterator over an engine, written by hand: an event of the batch at hand costs one promise and nothing else
 * (an async generator costs several), and `return` works while a `next` waits.
 */
export class Iteration implements AsyncIterator<StreamEvent, undefined> {
  readonly #engine: Engine;
  /** Calls of `next` that wait, and the last of them: they take turns. */
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  next(): Promise<Result> {
    const turn = (): Promise<Result> => this.#turn();
    if (this.#waiting > 0) return this.#queue(this.#last.then(turn, turn));
    const value = this.#engine.take();
    return value === undefined ? this.#queue(turn()) : Promise.resolve({ done: false, value });
  }

  return(): Promise<Result> {
    this.#engine.leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  #queue(turn: Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    this.#last = turn;
    return turn;
  }

  async #turn(): Promise<Result> {
    try {
      for (;;) {
        const value = this.#engine.take();
        if (value !== undefined) return { done: false, value };
        if (this.#engine.ended()) return { done: true, value: undefined };
        await this.#engine.fill();
      }
    } catch (error) {
      // Errors of the application's own callbacks come here too, and no loop calls `return` after a throw.
      this.#engine.leave();
      throw error;
    } finally {
      this.#waiting -= 1;
    }
  }
}
