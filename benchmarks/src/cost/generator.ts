/**
 * The load generator, a process of its own: opens streams with raw sockets and does to what arrives only what is needed
 * to know that it is complete, the same for every target, so that it is not the bottleneck.
 *
 * Parent → generator: a `Job`. Generator → parent: `steady-begin` when every stream has its first token, `steady-end` when
 * the first stream is finished, `done` at the end.
 */
import { connect } from 'node:net';

import { Follower } from './follower.js';
import type { Opening } from './targets.js';

export interface Job {
  readonly port: number;
  readonly opening: Opening;
  readonly streams: number;
  /** Milliseconds from the start of one stream to the start of the next. */
  readonly staggerMs: number;
}

export interface Progress {
  readonly type: 'steady-begin' | 'steady-end' | 'done';
  /** Tokens that have arrived so far, over all streams. */
  readonly tokens: number;
  /** With `done`: tokens of each stream; -1 for a stream without its terminal event. */
  readonly perStream?: readonly number[];
  /** With `done`: bytes received. */
  readonly bytes?: number;
  /** With `done`: share of one processor that this process used, 0 to 1. */
  readonly cpuShare?: number;
}

class Generator {
  readonly #job: Job;
  readonly #followers: readonly Follower[];
  readonly #startMs = performance.now();
  #opened = 0;
  #speaking = 0;
  #finished = 0;
  #closed = 0;
  #steady = false;
  #bytes = 0;

  constructor(job: Job) {
    this.#job = job;
    this.#followers = Array.from({ length: job.streams }, () => new Follower());
  }

  /** Opens what is due, with one timer aimed at an absolute time, so that lateness does not add up. */
  readonly openDue = (): void => {
    const { streams, staggerMs } = this.#job;
    const dueMs = () => this.#startMs + this.#opened * staggerMs;
    while (this.#opened < streams && dueMs() <= performance.now()) {
      const follower = this.#followers[this.#opened];
      this.#opened += 1;
      if (follower) this.#open(follower);
    }
    if (this.#opened < streams) setTimeout(this.openDue, Math.max(1, dueMs() - performance.now()));
  };

  #open(follower: Follower): void {
    const { port, opening } = this.#job;
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => socket.write(opening.hello, 'latin1'));
    let upgraded = opening.afterUpgrade === undefined;
    socket.setEncoding('latin1').on('error', () => {});
    socket.on('data', (piece: string) => {
      this.#bytes += piece.length;
      if (!upgraded && piece.includes('\r\n\r\n')) {
        upgraded = true;
        socket.write(opening.afterUpgrade ?? '', 'latin1');
      }
      this.#hear(follower, piece);
      if (follower.finished) socket.destroy();
    });
    socket.on('close', () => {
      this.#closed += 1;
      if (this.#closed === this.#job.streams) this.#end();
    });
  }

  #hear(follower: Follower, piece: string): void {
    const before = follower.tokens;
    follower.hear(piece);
    if (before === 0 && follower.tokens > 0) {
      this.#speaking += 1;
      this.#steady = this.#speaking === this.#job.streams && this.#finished === 0;
      if (this.#steady) this.#tell({ type: 'steady-begin' });
    }
    if (!follower.finished) return;
    this.#finished += 1;
    if (this.#steady) this.#tell({ type: 'steady-end' });
    this.#steady = false;
  }

  #end(): void {
    const perStream = this.#followers.map(({ finished, tokens }) => (finished ? tokens : -1));
    const { user, system } = process.cpuUsage();
    const cpuShare = (user + system) / 1000 / (performance.now() - this.#startMs);
    this.#tell({ type: 'done', perStream, bytes: this.#bytes, cpuShare });
    process.disconnect?.();
  }

  #tell(progress: Omit<Progress, 'tokens'>): void {
    const tokens = this.#followers.reduce((total, follower) => total + follower.tokens, 0);
    process.send?.({ ...progress, tokens });
  }
}

process.once('message', (job) => new Generator(job as Job).openDue());
