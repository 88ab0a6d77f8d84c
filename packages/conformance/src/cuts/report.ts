import { commandFor } from './cases.js';
import type { CutFailure, CutSummary } from './run-cuts.js';

/** Where people watch, a line is written over the last one each second; in a log, a new one twice a minute. */
const WATCHED_EVERY_MS = 1_000;
const LOGGED_EVERY_MS = 30_000;

/** Says how far it is, and how long it will take. */
export class Progress {
  readonly #total: number;
  readonly #startedAt = performance.now();
  readonly #watched = process.stderr.isTTY;
  readonly #everyMs = this.#watched ? WATCHED_EVERY_MS : LOGGED_EVERY_MS;
  #nextAt: number;
  #reported = 0;
  readonly #seed: number;

  constructor(total: number, seed: number) {
    this.#total = total;
    this.#seed = seed;
    this.#nextAt = this.#startedAt + this.#everyMs;
  }

  /** To be called after each cut. */
  update(summary: CutSummary): void {
    for (const failure of summary.failures.slice(this.#reported)) reportFailure(failure, this.#seed);
    this.#reported = summary.failures.length;
    const now = performance.now();
    const done = summary.passed + summary.failures.length;
    if (now < this.#nextAt && done < this.#total) return;
    this.#nextAt = now + this.#everyMs;
    const perMs = done / (now - this.#startedAt);
    const left = minutes((this.#total - done) / perMs);
    const line = `${done} of ${this.#total} cuts, ${summary.failures.length} failed, ${Math.round(perMs * 1000)}/s, ${left} left`;
    process.stderr.write(this.#watched ? `\r${line}   ` : `${line}\n`);
  }

  /** Ends the line, and says what it came to. The last line is for those who read nothing else. */
  finish(summary: CutSummary, megabytes: number): void {
    if (this.#watched) process.stderr.write('\n');
    for (const failure of summary.failures.slice(this.#reported)) reportFailure(failure, this.#seed);
    const { passed, hit, reconnects, events, failures } = summary;
    const took = minutes(performance.now() - this.#startedAt);
    process.stdout.write(
      `${hit} connections cut, ${reconnects} reconnects, ${events} events, ${took}, server at most ${megabytes} MB\n`,
    );
    process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
  }
}

function reportFailure({ cut, error }: CutFailure, seed: number): void {
  const message = error instanceof Error ? error.message : String(error);
  const where = cut === undefined ? 'after all cuts' : `${cut.mode}, ${cut.way}, ${cut.how}, offset ${cut.offset}`;
  const again = cut === undefined ? '' : `\n  again: ${commandFor(cut, seed)}`;
  process.stdout.write(`\nFAILED ${where}: ${message.slice(0, 2_000)}${again}\n`);
}

function minutes(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 100 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
