import type { VirtualClock } from '@tokenwire/protocol/testing';

/** The promises of the delivery contract that a life checks, and what breaking each means. */
export const RULES = {
  prefix: 'What a reader got is the log from its start: dense, in order, each event once.',
  terminal: 'Every log ends with exactly one terminal event, and nothing follows it.',
  success: 'The end of a stream without a terminal event is never success.',
  partial: 'After an error the text that was read is kept and marked partial.',
  foreign: 'No event of another answer.',
  content: 'A log holds what the model said: all of it if complete, the beginning if not.',
  error: 'A reader fails only for a reason that exists.',
  patience: 'Nobody takes a connection for lost that is only quiet.',
  settles: 'Every call of a client settles in bounded time.',
  cancelled: 'After `cancelled` nothing runs: the source was told, and closed.',
  grace: 'Nobody reading for the grace period cancels, never earlier; `continue` never does.',
  key: 'One idempotency key is at most one call of the model.',
  wakeup: 'A reader that waits has read everything there is.',
  memory: 'A stalled reader costs no more than its buffer: nobody writes while it is full.',
  leftover: 'Afterwards nothing is left: timers, readers, listeners, map entries.',
  crash: 'Nothing throws what nobody expects.',
} as const;

export type Rule = keyof typeof RULES;

export interface Violation {
  readonly rule: Rule;
  readonly detail: string;
  readonly atMs: number;
}

/** Collects what went wrong and, if wanted, everything that happened. */
export class Verdict {
  readonly violations: Violation[] = [];
  readonly #clock: VirtualClock;
  readonly #trace: ((line: string) => void) | undefined;

  constructor(clock: VirtualClock, trace: ((line: string) => void) | undefined) {
    this.#clock = clock;
    this.#trace = trace;
  }

  /** Whether anybody reads the notes: making them costs time. */
  get tracing(): boolean {
    return this.#trace !== undefined;
  }

  note(actor: string, text: string): void {
    this.#trace?.(`${this.#clock.now().toFixed(1).padStart(11)} ms  ${actor.padEnd(9)} ${text}`);
  }

  /** Remembers a broken promise. One life may break many; the first few tell. */
  broken(rule: Rule, detail: string): void {
    this.note('CHECK', `${rule}: ${detail}`);
    if (this.violations.length < 20) this.violations.push({ rule, detail, atMs: this.#clock.now() });
  }
}
