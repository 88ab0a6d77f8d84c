import {
  TokenwireError,
  type CancelledBy,
  type Clock,
  type DisconnectPolicy,
  type GenerationStatus,
  type Snapshot,
  type StopReceipt,
  type Usage,
} from '@tokenwire/protocol';
import type { Piece, SourceRequest, TokenSource } from '@tokenwire/token-source';

import { EventWriter } from './event-writer.js';
import type { FlushPolicy } from './flush-policy.js';
import { GenerationLog } from './log.js';
import type { LogReader, ReadOptions } from './log-reader.js';
import { Presence } from './presence.js';

export interface GenerationOptions {
  readonly id: string;
  /** Whose it is: only the owner may read or stop it. */
  readonly owner: string;
  readonly request: SourceRequest;
  readonly onDisconnect: DisconnectPolicy;
  readonly source: TokenSource;
  readonly clock: Clock;
  /** When readers get what the log has. */
  readonly flush: FlushPolicy;
  /** How long a stop waits for the model's connection to close, in milliseconds. */
  readonly closeTimeoutMs: number;
  /** Called once, after the terminal event. */
  readonly onEnd: (generation: Generation) => void;
  /** Told about failures that are not the model's and not the client's: a bug. */
  readonly onInternalError: (error: unknown) => void;
}

/** One answer being produced: its log, who reads it, and the way to stop it. */
export class Generation {
  readonly id: string;
  readonly owner: string;
  readonly request: SourceRequest;
  readonly log: GenerationLog;
  readonly clock: Clock;
  /** Settles when the model has accepted the request, or the generation has ended before that. Never rejects. */
  readonly begun: Promise<void>;
  /** Tokens that the model has produced so far. */
  tokens = 0;

  readonly #options: GenerationOptions;
  readonly #abort = new AbortController();
  readonly #presence: Presence;
  readonly #produced: Promise<void>;
  #markBegun: () => void = () => {};
  #stopping: Promise<StopReceipt> | undefined;
  #tokensAfterStop = 0;
  #usage: Usage | null = null;
  #stopReason: string | null = null;
  #failure: TokenwireError | undefined;
  #ended = false;

  constructor(options: GenerationOptions) {
    this.#options = options;
    this.id = options.id;
    this.owner = options.owner;
    this.request = options.request;
    this.clock = options.clock;
    this.log = new GenerationLog(options.id, options.clock, options.flush);
    this.begun = new Promise((resolve) => {
      this.#markBegun = resolve;
    });
    this.#presence = new Presence(options.clock, options.onDisconnect, () => void this.stop('disconnect'));
    this.#produced = this.#produce();
  }

  get status(): GenerationStatus {
    const ending = this.log.terminal?.type;
    if (ending === undefined) return 'running';
    return ending === 'message_stop' ? 'completed' : ending === 'cancelled' ? 'cancelled' : 'failed';
  }

  /** Why it failed, with details such as `retryAfterMs` that the event does not carry. */
  get failure(): TokenwireError | undefined {
    return this.#failure;
  }

  /** True when the model's side refused, so that there never was an answer: the log holds one `error` event. */
  get refused(): boolean {
    return this.#failure !== undefined && this.log.lastSeq === 1;
  }

  /** Readers attached now, polls within their lease included. */
  get readers(): number {
    return this.#presence.readers;
  }

  /** Reads the log from `seq` and counts as a reader meanwhile. Consume it, or call `return()`. */
  read(seq: number, options: Omit<ReadOptions, 'onClose'> = {}): LogReader {
    const leave = this.#presence.enter();
    return this.log.read(seq, { ...options, onClose: leave });
  }

  /**
   * Counts as a reader without reading. The returned function leaves; with `leaseMs` the reader is
   * counted that much longer, because a poller that was just answered has not gone away.
   */
  enter(): (leaseMs?: number) => void {
    return this.#presence.enter();
  }

  /**
   * Settles like `begun`, after `limitMs` or when `gone` aborts at the latest, and counts as a reader until then:
   * whoever waits for the first word has not left. Read on at once, because afterwards the grace period runs.
   */
  async untilBegun(gone: AbortSignal, limitMs: number): Promise<void> {
    const leave = this.enter();
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        callOff();
        gone.removeEventListener('abort', settle);
        // Here and not after the await: whoever is gone is not counted a moment longer.
        leave();
        resolve();
      };
      const callOff = this.#options.clock.after(limitMs, settle);
      void this.begun.then(settle);
      gone.addEventListener('abort', settle, { once: true });
      if (gone.aborted) settle();
    });
  }

  snapshot(): Snapshot {
    const { terminal } = this.log;
    return {
      id: this.id,
      status: this.status,
      cursor: this.log.cursor,
      text: this.log.text,
      usage: this.#usage,
      stopReason: this.#stopReason,
      ...(terminal?.type === 'error' ? { error: terminal.error } : {}),
    };
  }

  /** Stops the model and ends the log with `cancelled`. Idempotent; never rejects; settles within `closeTimeoutMs`. */
  async stop(by: CancelledBy, closeTimeoutMs = this.#options.closeTimeoutMs): Promise<StopReceipt> {
    if (this.log.terminal) return this.#receipt(true, 0);
    if (this.#stopping) return this.#stopping;
    this.#stopping = this.#stop(by, closeTimeoutMs);
    return this.#stopping;
  }

  async #stop(by: CancelledBy, closeTimeoutMs: number): Promise<StopReceipt> {
    const { clock } = this;
    const stoppedAt = clock.now();
    this.#abort.abort();
    // The log ends only after the model's connection has closed, so that `cancelled` means "nothing runs any more";
    // a model that ignores the abort delays it by the time-out at most.
    await new Promise<void>((resolve) => {
      const giveUp = clock.after(closeTimeoutMs, resolve);
      void this.#produced.then(() => (giveUp(), resolve()));
    });
    const upstreamClosedMs = clock.now() - stoppedAt;
    if (!this.log.terminal) {
      this.log.append({ type: 'cancelled', by });
      this.#end();
    }
    return this.#receipt(false, upstreamClosedMs);
  }

  #receipt(alreadyDone: boolean, upstreamClosedMs: number): StopReceipt {
    const { id, status } = this;
    const closedMs = Math.round(upstreamClosedMs * 1000) / 1000;
    const tokensAfterStop = this.#tokensAfterStop;
    return { id, status, alreadyDone, lastSeq: this.log.lastSeq, upstreamClosedMs: closedMs, tokensAfterStop };
  }

  async #produce(): Promise<void> {
    // The constructor must have returned before a source can end the generation.
    await Promise.resolve();
    try {
      if (!this.#stopping) await this.#follow(new EventWriter(this.log, this.request.model));
      if (!this.log.terminal && !this.#stopping) {
        throw new TokenwireError('upstream_truncated', 'The model ended its answer without saying why.');
      }
    } catch (error) {
      // What a source throws while it is closed after its end changes nothing for the readers, but is a bug.
      if (this.log.terminal) this.#options.onInternalError(error);
      else if (!this.#stopping) this.#fail(error);
    }
    if (this.log.terminal) this.#end();
  }

  async #follow(writer: EventWriter): Promise<void> {
    const { source, clock } = this.#options;
    for await (const batch of source(this.request, { signal: this.#abort.signal, clock })) {
      if (this.#stopping) {
        for (const piece of batch) this.#tokensAfterStop += piece.tokens ?? 1;
        continue;
      }
      this.log.batch(() => this.#write(writer, batch));
      if (this.log.terminal) return;
    }
  }

  #write(writer: EventWriter, batch: readonly Piece[]): void {
    writer.begin();
    this.#markBegun();
    for (const piece of batch) {
      if (piece.type === 'end') [this.#usage, this.#stopReason] = [piece.usage, piece.stopReason];
      else this.tokens += piece.tokens ?? 1;
      writer.write(piece);
    }
    // Before the readers are woken: who has the terminal event finds the generation ended everywhere else too.
    if (this.log.terminal) this.#end();
  }

  #fail(error: unknown): void {
    const known = error instanceof TokenwireError;
    if (!known) this.#options.onInternalError(error);
    const told = known ? error : new TokenwireError('internal', 'The server failed while producing this answer.');
    this.#failure = told;
    const { code, message, retryable } = told;
    this.log.append({ type: 'error', error: { code, message, retryable } });
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#markBegun();
    this.#presence.close();
    this.#options.onEnd(this);
  }
}
