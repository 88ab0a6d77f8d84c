import { equal } from 'node:assert/strict';

import type { StreamOptions } from '@tokenwire/client-kit';
import { MODES, type Mode } from '@tokenwire/protocol';

import { CLIENTS } from '../clients.js';
import { seqOf } from '../harness/answers.js';
import { readToEnd } from '../harness/reading.js';
import { ANSWERS, otherModeFor, type AnswerName, type CutCase, type Lengths } from './cases.js';
import { Judge, type Part } from './judge.js';
import { Lane } from './lane.js';

/** What one cut has cost. */
export interface CutOutcome {
  /** Whether the connection was cut, and not over before. */
  readonly hit: boolean;
  /** Connections made again, by all readers. */
  readonly reconnects: number;
  /** Events that readers got. */
  readonly events: number;
}

/** Streams that meet their cut and one more connection take tens of milliseconds; a loaded machine takes its time. */
const LIMIT_MS = 120_000;

/** Impatient, because a suite cuts tens of thousands of connections; attempts are many, because the machine may be busy. */
const IMPATIENCE = {
  waitSeconds: 1,
  minPollIntervalMs: 10,
  retry: { baseMs: 1, capMs: 20, maxAttempts: 200 },
} as const satisfies Partial<StreamOptions>;

/**
 * Every black hole is waited for until the watchdog barks, so that must be soon. But on a machine so busy that a healthy
 * stream takes longer, false alarms would make it busier still, and none would ever end: the limit follows the streams.
 */
const SHORTEST_IDLE_MS = 500;
const LONGEST_IDLE_MS = 15_000;
const IDLE_PER_STREAM = 5;
/** How much of a new measurement goes into the running average. */
const AVERAGE_SHARE = 0.1;

/**
 * Of so many offsets, one is also compared with the log that the server keeps, through the key. Every reader is compared
 * with what that log must be, and starts are counted over all cuts, so this only shows which cut it was.
 */
const LOG_CHECKED_EVERY = 10;

/** Uncut runs that a length is measured by: the short answer's varies by some bytes with how events are batched. */
const MEASUREMENTS: Readonly<Record<AnswerName, number>> = { hostile: 3, megabyte: 1 };

/** Makes cuts on one server that carries all modes. */
export class CutRunner {
  /** The server. */
  readonly url: string;
  readonly #seed: number;
  readonly #judges: Readonly<Record<AnswerName, Judge>>;
  readonly #signal: AbortSignal | undefined;
  /** How long a stream takes that is not cut: a running average. */
  #streamMs = 0;

  private constructor(url: string, seed: number, judges: Readonly<Record<AnswerName, Judge>>, signal?: AbortSignal) {
    this.url = url;
    this.#seed = seed;
    this.#judges = judges;
    this.#signal = signal;
  }

  /** `seed` decides which mode continues after a cut; `signal` makes all readers leave at once. */
  static async on(url: string, seed: number, signal?: AbortSignal): Promise<CutRunner> {
    const judges = { hostile: await Judge.of(url, 'hostile'), megabyte: await Judge.of(url, 'megabyte') };
    return new CutRunner(url, seed, judges, signal);
  }

  /** How many bytes an answer takes, mode by mode. */
  async measure(answer: AnswerName): Promise<Lengths> {
    const lane = await Lane.before(this.url);
    const lengths: [Mode, { down: number; up: number }][] = [];
    for (const mode of MODES) {
      const longest = { down: 0, up: 0 };
      for (let run = 0; run < MEASUREMENTS[answer]; run += 1) {
        const { request } = ANSWERS[answer];
        const { result, down, up } = await lane.run(undefined, (url) => this.#read(mode, { url, request }));
        this.#judges[answer].check(result);
        longest.down = Math.max(longest.down, down);
        longest.up = Math.max(longest.up, up);
      }
      lengths.push([mode, longest]);
    }
    await lane.close();
    return Object.fromEntries(lengths) as unknown as Lengths;
  }

  /**
   * Starts an answer on a connection that is cut. Its reader comes back by itself; another one, in another mode,
   * continues from where the first was at the cut, or starts with the same key when it had no cursor yet.
   * @throws {Error} that says what was not as it must be.
   */
  async run(cut: CutCase, lane: Lane): Promise<CutOutcome> {
    const judge = this.#judges[cut.answer];
    const { request } = ANSWERS[cut.answer];
    const idempotencyKey = crypto.randomUUID();
    let second: Promise<Part> | undefined;
    let after = 0;
    const goOn = (cursor: string | undefined): Promise<Part> => {
      after = cursor === undefined ? 0 : seqOf(cursor);
      const from = cursor === undefined ? { request, idempotencyKey } : { after: cursor };
      const part = this.#readTimed(otherModeFor(cut, MODES, this.#seed), { url: this.url, ...from });
      // It is awaited below, unless the first reader fails before.
      part.catch(() => {});
      return part;
    };
    const { result: first, hit } = await lane.run(cut, (url) =>
      this.#read(cut.mode, { url, request, idempotencyKey }, (cursor) => {
        second ??= goOn(cursor);
      }),
    );
    judge.check(first);
    const other = await (second ?? goOn(first.stream.cursor));
    judge.check(other, after);
    if (after === 0) equal(other.stream.id, first.stream.id, 'one key is one generation');
    if (cut.offset % LOG_CHECKED_EVERY === 0) await judge.checkLogOf(idempotencyKey, first.stream.id);
    return {
      hit,
      reconnects: first.stream.reconnects + other.stream.reconnects,
      events: first.events.length + other.events.length,
    };
  }

  /** Reads what is not cut, and learns from it how busy the machine is. */
  async #readTimed(mode: Mode, options: StreamOptions): Promise<Part> {
    const startedAt = performance.now();
    const part = await this.#read(mode, options);
    this.#streamMs += AVERAGE_SHARE * (performance.now() - startedAt - this.#streamMs);
    return part;
  }

  /** `onCut` is called with the reader's cursor when its connection is lost. */
  async #read(
    mode: Mode,
    options: StreamOptions,
    onCut: (cursor: string | undefined) => void = () => {},
  ): Promise<Part> {
    const idleTimeoutMs = Math.min(LONGEST_IDLE_MS, Math.max(SHORTEST_IDLE_MS, IDLE_PER_STREAM * this.#streamMs));
    const onStatus: StreamOptions['onStatus'] = (status) => {
      if (status === 'reconnecting') onCut(stream.cursor);
    };
    const stream = CLIENTS[mode]({ ...IMPATIENCE, idleTimeoutMs, ...options, onStatus, signal: this.#signal });
    return await readToEnd(stream, undefined, LIMIT_MS);
  }
}
