import type { Meaning, Tape } from './tape.js';

/** Neighbouring bytes that mean the same, and bytes at the beginning whose meaning is open. */
export class Runs {
  readonly #tape: Tape;
  readonly #limitBytes: number;
  readonly #fallback: Meaning;
  #meaning: Meaning | undefined;
  #count = 0;
  #undecided = 0;

  /** @param fallback what undecided bytes are when there are more than the limit. */
  constructor(tape: Tape, limitBytes: number, fallback: Meaning) {
    this.#tape = tape;
    this.#limitBytes = limitBytes;
    this.#fallback = fallback;
  }

  get undecided(): number {
    return this.#undecided;
  }

  /** The meaning of the last byte. */
  get meaning(): Meaning | undefined {
    return this.#meaning;
  }

  /** One more byte. @returns what the undecided ones are now, if that came to be known. */
  mark(what: Meaning | undefined): Meaning | undefined {
    if (!what) {
      this.#undecided++;
      if (this.#undecided < this.#limitBytes) return undefined;
      this.decide(this.#fallback);
      return this.#fallback;
    }
    this.switchTo(what);
    this.#count++;
    return undefined;
  }

  /** What all undecided bytes are. */
  decide(what: Meaning): void {
    this.switchTo(what);
    this.#count += this.#undecided;
    this.#undecided = 0;
  }

  switchTo(what: Meaning): void {
    if (what === this.#meaning) return;
    this.flush();
    this.#meaning = what;
  }

  /** Says what is known. */
  flush(): void {
    if (this.#count > 0 && this.#meaning) this.#tape.tell('content', this.#count, this.#meaning);
    this.#count = 0;
  }
}
