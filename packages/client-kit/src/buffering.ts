import { type Snapshot, TokenwireError, parseCursor } from '@tokenwire/protocol';
import { derive } from './connection.js';
import { askForId } from './post.js';
import { readSnapshot } from './snapshot.js';
import type { Attempt, Connect } from './types.js';

/** What was held back, and for how long. */
export interface BufferingReport {
  /** Events in the log that this connection has not brought. */
  readonly behind: number;
  /** Milliseconds for which the connection brought no byte. */
  readonly silentMs: number;
  /** Whether the server's acceptance came through: the headers, or the first message of a socket. */
  readonly accepted: boolean;
}

export interface BufferingOptions {
  /** Milliseconds without a byte after which the server is asked how far it is. Doubles each time it is no further. Default 1500. */
  readonly quietMs?: number | undefined;
  /** Milliseconds that an event may stay under way once the log is known to have it. Default 1000. */
  readonly lateMs?: number | undefined;
  /**
   * Called when something between server and client holds back what the server has sent, at most once for a connection.
   * If it returns an error, the connection is given up with that error; else reading goes on.
   */
  readonly onBuffered: (report: BufferingReport) => Error | undefined | void;
}

/** A model may think for minutes: then the server is asked so often, no more. */
const MAX_QUIET_MS = 8_000;

/**
 * Notices a proxy that buffers: the connection is silent, while a plain request says that the log has gone on. A server
 * that has nothing to say is never taken for one, and neither is a slow application, nor a thin line on which bytes arrive.
 * What is held back for less than `quietMs + lateMs` is not noticed.
 * @returns the option `monitor` of a stream.
 */
export function watchBuffering(options: BufferingOptions): (connect: Connect) => Connect {
  return (connect) =>
    async function* (attempt) {
      const watch = new BufferingWatch(attempt, options);
      const batches = connect(watch.attempt);
      try {
        for (;;) {
          const result = await watch.during(batches.next());
          if (result.done === true) return;
          yield result.value;
        }
      } finally {
        watch.end();
        batches.return(undefined).catch(() => undefined);
      }
    };
}

/** Watches one connection, with one timer. */
class BufferingWatch {
  /** The connection, as its transport sees it. */
  readonly attempt: Attempt;
  readonly #attempt: Attempt;
  readonly #options: BufferingOptions;
  readonly #controller = new AbortController();
  #quietMs: number;
  #lastByte = 0;
  /** Whether the application wants more, and gets nothing. */
  #waiting = false;
  #accepted = false;
  #cancel: () => void;
  #giveUp: (reason: unknown) => void = () => undefined;

  constructor(attempt: Attempt, options: BufferingOptions) {
    this.#attempt = attempt;
    this.#options = options;
    this.#quietMs = options.quietMs ?? 1_500;
    const { signal } = this.#controller;
    attempt.signal.addEventListener('abort', () => this.#close(attempt.signal.reason), { signal });
    this.attempt = derive(attempt, {
      signal,
      fetch: (route, init) => attempt.fetch(route, { signal, ...init }),
      started: (id) => {
        this.#accepted = true;
        attempt.started(id);
      },
      bytes: (payload) => {
        this.#touch();
        attempt.bytes(payload);
      },
    });
    this.#cancel = this.#after(this.#quietMs, this.#look);
  }

  /** Waits for what the transport brings next, unless the connection is given up meanwhile. */
  async during<T>(next: Promise<T>): Promise<T> {
    this.#touch();
    this.#waiting = true;
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#giveUp = reject;
        next.then(resolve, reject);
      });
    } finally {
      this.#waiting = false;
    }
  }

  end(): void {
    this.#cancel();
    this.#close(new TokenwireError('aborted', 'The connection was closed.'));
  }

  #close(reason: unknown): void {
    this.#giveUp(reason);
    this.#controller.abort(reason);
  }

  #touch(): void {
    this.#lastByte = this.#attempt.clock.now();
  }

  #after(delayMs: number, action: () => void): () => void {
    return this.#attempt.clock.after(delayMs, action, { background: true });
  }

  readonly #look = (): void => {
    const silentMs = this.#waiting ? this.#attempt.clock.now() - this.#lastByte : 0;
    if (silentMs < this.#quietMs) {
      this.#cancel = this.#after(this.#quietMs - silentMs, this.#look);
    } else {
      this.#quietMs = Math.min(2 * this.#quietMs, MAX_QUIET_MS);
      void this.#compare(this.#lastByte);
    }
  };

  /** Asks how far the log is, and waits for what may be under way. Any byte since then ends the suspicion. */
  async #compare(silentSince: number): Promise<void> {
    // Whoever cannot be asked says nothing about the connection.
    const logged = await this.#ask().catch(() => 0);
    if (this.#controller.signal.aborted) return;
    const behind = logged - seqOf(this.#attempt.cursor);
    const judge = (): void => {
      const silentMs = this.#attempt.clock.now() - silentSince;
      if (!this.#waiting || this.#lastByte !== silentSince) this.#look();
      else this.#report({ behind, silentMs, accepted: this.#accepted });
    };
    this.#cancel =
      behind > 0 ? this.#after(this.#options.lateMs ?? 1_000, judge) : this.#after(this.#quietMs, this.#look);
  }

  async #ask(): Promise<number> {
    const { fetch } = this.attempt;
    // Not even the headers have come through: the same start without a stream tells what they would have told.
    if (this.#attempt.id === undefined) this.#attempt.started(await askForId(fetch, this.#attempt));
    // Its bytes are no sign of life of the connection that is watched.
    const { value } = await readSnapshot(derive(this.attempt, { bytes: () => undefined })).next();
    return seqOf((value?.[0] as Partial<Snapshot> | undefined)?.cursor);
  }

  #report(report: BufferingReport): void {
    let error: unknown;
    try {
      error = this.#attempt.call(() => this.#options.onBuffered(report));
    } catch (thrown) {
      error = thrown;
    }
    if (error !== undefined) this.#close(error);
  }
}

function seqOf(cursor: string | undefined): number {
  return cursor === undefined ? 0 : parseCursor(cursor).seq;
}
