import type { OpenStream, StreamOptions, StreamStatus, TokenStream } from '@tokenwire/client-kit';
import { type StopReceipt, type StreamEvent, TokenwireError, isTerminal } from '@tokenwire/protocol';
import { Blocks } from './blocks.js';
import { type FrameScheduler, nextFrame } from './frames.js';
import { Place, type Question } from './place.js';
import type { Answer, UseTokenStreamOptions } from './types.js';

/** How an answer is read. May change at any time. */
export interface Setup {
  readonly open: OpenStream;
  /** `after` and `run` belong to the question and are not looked at. */
  readonly options: UseTokenStreamOptions;
}

/** What there is of an answer before anything was asked. */
export const IDLE: Answer = {
  status: 'idle',
  text: '',
  blocks: [],
  error: undefined,
  id: undefined,
  cursor: undefined,
  usage: undefined,
  stopReason: undefined,
  reconnects: 0,
  requests: 0,
};

/** The server has nothing of the answer to read from any more. */
const GONE: ReadonlySet<unknown> = new Set(['not_found', 'cursor_expired', 'history_lost', 'invalid_cursor']);

/** So often nobody changes the transport of one answer on purpose; a function that is new in each render does. */
const MAX_SWITCHES = 100;

/**
 * One answer, kept up to date outside of any framework: read with one stream after the other, as one continuous log.
 * Events are applied as they come. Listeners hear of them at most once a frame, and at once when reading has ended.
 * Nothing is sent before the first `attach`.
 */
export class AnswerStore {
  readonly #asked: boolean;
  readonly #place: Place;
  readonly #schedule: FrameScheduler;
  readonly #blocks = new Blocks();
  readonly #listeners = new Set<() => void>();
  #setup: Setup;
  #snapshot = IDLE;
  /** What a snapshot takes over as it is. */
  #state: Pick<Answer, 'status' | 'error' | 'usage' | 'stopReason'> = IDLE;
  /** Set while a frame is due: calls it off. */
  #cancelFrame: (() => void) | undefined;

  /** How many want it to be read. */
  #holders = 0;
  /** False after `detach` and after an error, until `resume`. */
  #wanted = true;
  /** Nothing more will come. */
  #finished = false;
  /** The reading in progress: an identity, by which one that was left notices it. */
  #reading: object | undefined;
  /** The last one. */
  #stream: TokenStream | undefined;
  #switches = 0;
  /** Of the streams before the last one. */
  #past = { reconnects: 0, requests: 0 };

  constructor(question: Question, setup: Setup, schedule: FrameScheduler = nextFrame) {
    this.#asked = question.request !== undefined || question.after !== undefined;
    this.#place = new Place(question);
    this.#setup = setup;
    this.#schedule = schedule;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Immutable, and the same until something has changed. */
  readonly getSnapshot = (): Answer => this.#snapshot;

  /** Takes the latest options. With another `open`, an answer that is being read is read on over that one. */
  update(setup: Setup): void {
    const { open } = this.#setup;
    this.#setup = setup;
    if (open === setup.open || !this.#reading) return;
    this.#leave();
    this.#switches += 1;
    void this.#read();
  }

  /**
   * Reads for as long as somebody holds on; the function that is returned lets go. To let go and attach again in one
   * step, as React's StrictMode does, leaves the connection alone. Later, the answer is read on where it was left.
   */
  attach(): () => void {
    this.#holders += 1;
    this.#begin();
    return () => {
      this.#holders -= 1;
      queueMicrotask(() => {
        if (this.#holders === 0) this.#letGo();
      });
    };
  }

  /** See `UseTokenStream.stop`. */
  async stop(): Promise<StopReceipt> {
    if (!this.#stream) throw new TokenwireError('invalid_request', 'Nothing was asked, so there is nothing to stop.');
    try {
      return await this.#stream.stop();
    } finally {
      this.#changed();
    }
  }

  /** See `UseTokenStream.detach`. */
  detach(): void {
    this.#wanted = false;
    if (this.#letGo()) this.#setup.options.onStatus?.('detached');
  }

  /** See `UseTokenStream.resume`. An answer that has ended stays as it is. */
  resume(): void {
    this.#wanted = true;
    this.#switches = 0;
    this.#begin();
  }

  #begin(): void {
    if (this.#asked && this.#wanted && this.#holders > 0 && !this.#finished && !this.#reading) void this.#read();
  }

  async #read(): Promise<void> {
    const reading = {};
    this.#reading = reading;
    this.#state = { ...this.#state, error: undefined };
    try {
      for await (const event of this.#open(reading)) {
        // Handed over and never applied: whoever reads on asks for it again.
        if (this.#reading !== reading) return;
        this.#apply(event);
      }
      this.#end(reading);
    } catch (error) {
      this.#end(reading, error);
    }
  }

  /** @throws {TokenwireError} for options that cannot work. */
  #open(reading: object): TokenStream {
    if (this.#switches > MAX_SWITCHES) {
      throw new TokenwireError('invalid_request', '`open` keeps changing. Give the same function in each render.');
    }
    const { open, options } = this.#setup;
    const { onBytes, ticket } = options;
    const stream = open({
      ...forStream(options),
      ...this.#place.next(options),
      onStatus: (status) => {
        if (this.#reading === reading) this.#setStatus(status);
      },
      // What was not given costs nothing, and is not made up.
      ...(onBytes && { onBytes: (count) => this.#setup.options.onBytes?.(count) }),
      ...(ticket && { ticket: (id) => (this.#setup.options.ticket ?? ticket)(id) }),
    });
    const { reconnects, requests } = this.#counts;
    // Another stream is another connection after the first.
    if (this.#stream) this.#past = { reconnects: reconnects + 1, requests };
    this.#stream = stream;
    return stream;
  }

  get #counts(): { readonly reconnects: number; readonly requests: number } {
    const { reconnects = 0, requests = 0 } = this.#stream ?? {};
    return { reconnects: this.#past.reconnects + reconnects, requests: this.#past.requests + requests };
  }

  #apply(event: StreamEvent): void {
    this.#place.seq = event.seq;
    this.#place.recalled = false;
    this.#finished = isTerminal(event);
    this.#blocks.apply(event);
    if (event.type === 'message_delta') {
      const { usage, stopReason } = event;
      this.#state = { ...this.#state, usage, stopReason };
    }
    this.#changed();
    this.#setup.options.onEvent?.(event);
  }

  #end(reading: object, thrown?: unknown): void {
    if (this.#reading !== reading) return;
    this.#reading = undefined;
    this.#place.learn(this.#stream?.id);
    const error = thrown === undefined ? undefined : asError(thrown);
    if (error && this.#place.recalled && GONE.has(error.code)) {
      this.#place.renew(this.#setup.options);
      return this.#begin();
    }
    this.#wanted = false;
    if (!error) this.#finished = true;
    // Aborted by a signal, or stopped before it began: the status says it, and nothing went wrong.
    const failed = error !== undefined && error.code !== 'aborted';
    if (failed) {
      // A stream knows only the part that it has read itself.
      const partial = { partialText: this.#blocks.text, cursor: this.#place.cursor };
      this.#state = { ...this.#state, error: Object.assign(error, partial) };
    }
    this.#conclude(failed ? 'failed' : (this.#stream?.status ?? 'failed'));
  }

  /** Leaves the connection and says nothing about it. */
  #leave(): void {
    this.#place.learn(this.#stream?.id);
    this.#reading = undefined;
    this.#stream?.detach();
  }

  /** @returns whether there was something to leave. */
  #letGo(): boolean {
    if (!this.#reading) return false;
    this.#leave();
    this.#state = { ...this.#state, status: 'detached' };
    this.#changed();
    this.#publish();
    return true;
  }

  /** Shows the end first and calls the application afterwards, because that may throw. */
  #conclude(status: StreamStatus): void {
    const known = this.#state.status === status;
    this.#state = { ...this.#state, status };
    this.#changed();
    this.#publish();
    if (!known) this.#setup.options.onStatus?.(status);
  }

  #setStatus(status: StreamStatus): void {
    this.#state = { ...this.#state, status };
    this.#changed();
    this.#setup.options.onStatus?.(status);
  }

  #changed(): void {
    this.#cancelFrame ??= this.#schedule(() => this.#publish());
  }

  /** Makes the next snapshot and tells everybody. */
  #publish(): void {
    this.#cancelFrame?.();
    this.#cancelFrame = undefined;
    this.#place.learn(this.#stream?.id);
    const { id, cursor } = this.#place;
    const { text } = this.#blocks;
    this.#snapshot = { ...this.#state, ...this.#counts, text, blocks: this.#blocks.build(), id, cursor };
    for (const listener of this.#listeners) listener();
  }
}

function asError(thrown: unknown): TokenwireError {
  if (thrown instanceof TokenwireError) return thrown;
  const message = 'A callback of the application threw.';
  return new TokenwireError('internal', message, { cause: thrown, retryable: false });
}

/** The options that a stream understands. */
function forStream(options: UseTokenStreamOptions): Omit<StreamOptions, 'request' | 'after'> {
  const { after: _after, run: _run, resumeKey: _name, storage: _storage, onEvent: _onEvent, ...rest } = options;
  return rest;
}
