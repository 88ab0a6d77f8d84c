import {
  type GenerationStatus,
  type StreamEvent,
  TokenwireError,
  errorFromBody,
  isTerminal,
} from '@tokenwire/protocol';
import { Callbacks } from './callbacks.js';
import { Connection, type Reader } from './connection.js';
import type { StreamError } from './errors.js';
import { Gate } from './gate.js';
import { Inbox } from './inbox.js';
import { type Delay, Patience } from './retry.js';
import { type Settings, baseUrl } from './settings.js';
import { endingAt, lost, readSnapshot } from './snapshot.js';
import type { Connect, StreamStatus } from './types.js';

/** Makes one stream out of as many connections as it takes: `take` what is there, `fill` when nothing is. */
export class Engine implements Reader {
  readonly settings: Settings;
  readonly inbox: Inbox;
  readonly callbacks: Callbacks;
  base: URL;
  status: StreamStatus = 'idle';
  /** How the answer ended, once its end is known. Giving up is an end of reading, not of the answer. */
  finalStatus: GenerationStatus | undefined;
  reconnects = 0;
  requests = 0;

  readonly #connect: Connect;
  readonly #patience: Patience;
  #connection: Connection | undefined;
  /** Set when nothing more will be handed over, with the error that says so once. */
  #outcome: { error: StreamError | undefined } | undefined;
  /** Where it waits between two connections. */
  readonly #pause: Gate;
  /** Until when the server wants it to wait. */
  #notBefore = 0;
  #unlisten = (): void => undefined;
  /** Where a stop waits for the id. */
  readonly #moved: Gate;

  constructor(settings: Settings, connect: Connect) {
    this.settings = settings;
    this.base = baseUrl(settings.options.url);
    this.inbox = new Inbox(settings.start);
    this.callbacks = new Callbacks(settings.options);
    this.#connect = connect;
    this.#patience = new Patience(settings.options.retry, settings.random);
    this.#pause = new Gate(settings.clock);
    this.#moved = new Gate(settings.clock);
  }

  get id(): string | undefined {
    return this.inbox.id;
  }

  get cursor(): string | undefined {
    return this.inbox.cursor;
  }

  /** The next event, if it is here. The cursor moves in the same step. */
  take(): StreamEvent | undefined {
    const event = this.inbox.take();
    if (event === undefined) return undefined;
    this.#patience.renew();
    if (this.#connection) this.#connection.progressed = true;
    // Cross-origin, a browser may hide the header with the id; the first event has it too.
    if (event.type === 'message_start' && this.id === undefined) this.started(event.id);
    if (isTerminal(event)) {
      const error = event.type === 'error' ? errorFromBody(event.error, 'internal') : undefined;
      this.#conclude(error ? 'failed' : event.type === 'cancelled' ? 'cancelled' : 'completed', error);
    }
    return event;
  }

  /** One step towards the next event: a batch, a lost connection dealt with, or the end. Rejects only with what the application's callbacks throw. */
  async fill(): Promise<void> {
    try {
      if (this.inbox.fault) throw this.inbox.fault;
      if (this.status === 'idle') this.#begin();
      if (this.#outcome) return;
      this.#connection ??= new Connection(this, this.#connect);
      const batch = await this.#connection.pull();
      if (batch === undefined) await this.#askWhetherDone();
      else if (!this.#outcome) this.inbox.load(batch);
    } catch (error) {
      if (!this.#outcome) await this.#recover(error);
    }
  }

  /**
   * Whether nothing more will come.
   * @throws {StreamError} once, if that is not because the answer ended well.
   */
  ended(): boolean {
    if (!this.#outcome) return false;
    const { error } = this.#outcome;
    this.#outcome.error = undefined;
    if (error) {
      this.callbacks.check();
      throw error;
    }
    return true;
  }

  /** Ends reading. Whoever reads on gets `error`, if there is one. */
  leave(error?: TokenwireError): void {
    this.#end('detached', error);
  }

  /** A stop that came before anything was sent. */
  cancelUnstarted(): void {
    this.#end('cancelled', new TokenwireError('aborted', 'The stream was stopped before it began.'));
  }

  /** Ends a wait between two connections: its reason may be gone. */
  hurry(): void {
    this.#pause.open();
  }

  /** Resolves when the connection being made has told the id or failed, at most after `limitMs`. */
  async untilMoved(limitMs: number): Promise<void> {
    if (this.id === undefined && this.#connection !== undefined) await this.#moved.wait(limitMs);
  }

  requested(): void {
    this.requests += 1;
  }

  started(id: string | null | undefined): void {
    if (this.#outcome) return;
    if (typeof id === 'string') this.inbox.learn(id);
    this.#setStatus('streaming');
    this.#moved.open();
  }

  #begin(): void {
    const { signal } = this.settings.options;
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted === true) return this.#onAbort();
    this.#unlisten = this.settings.device.onWake(this.#onWake);
    this.#setStatus('connecting');
  }

  readonly #onAbort = (): void => {
    const cause: unknown = this.settings.options.signal?.reason;
    try {
      this.leave(new TokenwireError('aborted', 'Reading was aborted by its signal.', { cause }));
    } catch {
      // A callback of the application threw. That reaches whoever reads; thrown in a listener, it could end the process.
    }
  };

  readonly #onWake = (): void => {
    this.#patience.wake();
    if (this.settings.clock.now() >= this.#notBefore) this.hurry();
    this.#connection?.check();
  };

  /**
   * A clean end without a terminal event is a lost connection, with one exception: after a cursor that the application
   * brought along there may be nothing left to come, which only the snapshot can tell.
   */
  async #askWhetherDone(): Promise<void> {
    if (this.inbox.seq !== this.settings.start?.seq) throw lost();
    this.#connection?.close();
    this.#connection = new Connection(this, readSnapshot);
    const { status, error } = endingAt(this.cursor, await this.#connection.pull());
    this.#conclude(status, error);
  }

  async #recover(error: unknown): Promise<void> {
    this.callbacks.check();
    const connection = this.#connection;
    this.#connection = undefined;
    this.inbox.clear();
    connection?.close();
    this.#moved.open();
    const { clock, device } = this.settings;
    let delay: Delay;
    try {
      const progressed = connection?.progressed === true;
      delay = this.#patience.next(error, progressed, connection?.retryAfterMs, device.isOffline());
    } catch (final) {
      return this.#end('failed', final as TokenwireError);
    }
    this.#setStatus('reconnecting');
    this.#notBefore = clock.now() + delay.askedMs;
    await this.#pause.wait(delay.delayMs);
    if (!this.#outcome) this.reconnects += 1;
  }

  /** The answer has ended, and its end has been read. */
  #conclude(status: Exclude<GenerationStatus, 'running'>, error: TokenwireError | undefined): void {
    this.finalStatus = status;
    this.#connection?.finish();
    this.#connection = undefined;
    this.#end(status, error);
  }

  /** Releases everything first and reports afterwards, because a callback of the application may throw. */
  #end(status: StreamStatus, error?: TokenwireError): void {
    if (this.#outcome) return;
    const { text: partialText } = this.inbox;
    this.#outcome = { error: error && Object.assign(error, { partialText, cursor: this.cursor }) };
    this.settings.options.signal?.removeEventListener('abort', this.#onAbort);
    this.#unlisten();
    this.inbox.clear();
    this.#connection?.close();
    this.#connection = undefined;
    this.#pause.open();
    this.#moved.open();
    this.#setStatus(status);
  }

  #setStatus(status: StreamStatus): void {
    if (this.status === status) return;
    this.status = status;
    this.callbacks.status(status);
  }
}
