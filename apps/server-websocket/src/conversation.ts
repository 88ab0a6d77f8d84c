import { parseCursor, TokenwireError, type ClientMessage } from '@tokenwire/protocol';
import type { Generation, Generations } from '@tokenwire/generation-log';
import {
  accepted,
  checkIdempotencyKey,
  locate,
  parseJsonText,
  parseRequest,
  toTokenwireError,
} from '@tokenwire/server-kit';
import type { RawData, WebSocket } from 'ws';

/** Generations that one socket may read at the same time. */
const MAX_REFS = 20;
/** Messages in error after which the socket is closed: the other end does not speak this protocol. */
const MAX_BAD_MESSAGES = 10;

/** Sends a log, from strictly after `seq` to its end or until the signal aborts. */
export type Send = (ref: number, generation: Generation, seq: number, signal: AbortSignal) => Promise<void>;

export interface ConversationOptions {
  readonly generations: Generations;
  /** Whose socket it is. */
  readonly owner: string;
  readonly send: Send;
}

/** What one client says over one socket, and what is done about it. */
export class Conversation {
  readonly #socket: WebSocket;
  readonly #options: ConversationOptions;
  readonly #readers = new Map<number, AbortController>();
  #badMessages = 0;

  constructor(socket: WebSocket, options: ConversationOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** A message arrived, as one buffer (the default `binaryType` of ws). Every problem is answered with an error message; none of them throws. */
  hear(data: RawData, isBinary: boolean): void {
    if (isBinary) return this.#socket.close(1003, 'text messages only');
    let ref: number | undefined;
    try {
      const message = parseJsonText((data as Buffer).toString());
      ref = refOf(message);
      checkMessage(message);
      this.#act(message);
    } catch (error) {
      this.#complain(error, ref);
    }
  }

  /**
   * An upgrade on `/generations?after=<cursor>` attaches at once, as ref 0, and the socket closes after the terminal
   * event: for readers that cannot send a message, such as curl.
   */
  attachFrom(url: string): void {
    const after = new URL(url, 'http://localhost').searchParams.get('after');
    if (after === null) return;
    void this.#follow(0, this.#open(0), async () => this.#find(after)).then(() => this.#socket.close(1000));
  }

  /** The socket has closed: stops reading, for all generations. */
  leave(): void {
    for (const reader of this.#readers.values()) reader.abort();
    this.#readers.clear();
  }

  #act(message: ClientMessage): void {
    const { generations, owner } = this.#options;
    switch (message.type) {
      case 'generate': {
        const signal = this.#open(message.ref);
        void this.#follow(message.ref, signal, async () => {
          const idempotencyKey = checkIdempotencyKey(message.idempotencyKey);
          const options = idempotencyKey === undefined ? { owner } : { owner, idempotencyKey };
          const generation = generations.start(parseRequest(message.request), options);
          await accepted(generation);
          return { generation, seq: 0 };
        });
        break;
      }
      case 'attach': {
        const signal = this.#open(message.ref);
        void this.#follow(message.ref, signal, async () => this.#find(message.after));
        break;
      }
      case 'detach':
        this.#readers.get(message.ref)?.abort();
        this.#readers.delete(message.ref);
        break;
      case 'stop':
        void this.#stop(message.id);
        break;
      case 'pong':
        break;
    }
  }

  #open(ref: number): AbortSignal {
    if (this.#readers.has(ref))
      throw new TokenwireError('conflict', 'This ref is in use on this socket; take another.');
    if (this.#readers.size >= MAX_REFS) {
      throw new TokenwireError('rate_limited', `One socket reads at most ${MAX_REFS} generations; detach one first.`);
    }
    const controller = new AbortController();
    this.#readers.set(ref, controller);
    return controller.signal;
  }

  async #follow(
    ref: number,
    signal: AbortSignal,
    find: () => Promise<{ readonly generation: Generation; readonly seq: number }>,
  ): Promise<void> {
    try {
      const { generation, seq } = await find();
      await this.#options.send(ref, generation, seq, signal);
    } catch (error) {
      this.#complain(error, ref);
    }
    // After a detach the ref may be in use again, by another reader.
    if (this.#readers.get(ref)?.signal === signal) this.#readers.delete(ref);
  }

  #find(after: string): { readonly generation: Generation; readonly seq: number } {
    return locate(this.#options.generations, parseCursor(after), { owner: this.#options.owner });
  }

  async #stop(id: string): Promise<void> {
    try {
      const receipt = await this.#options.generations.get(id, this.#options.owner).stop('client');
      this.#say({ stopped: id, receipt });
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(thrown: unknown, ref?: number): void {
    const error = toTokenwireError(thrown);
    this.#say(ref === undefined ? { error: error.toBody() } : { ref, error: error.toBody() });
    if (error.httpStatus >= 500) return;
    this.#badMessages += 1;
    if (this.#badMessages >= MAX_BAD_MESSAGES) this.#socket.close(4500, 'too many bad messages');
  }

  #say(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }
}

/**
 * Checks the form of a message.
 * @throws {TokenwireError} `invalid_json`, `invalid_cursor` or `invalid_request`.
 */
function checkMessage(message: unknown): asserts message is ClientMessage {
  const { type, ref, after, id } = (message ?? {}) as Partial<Record<string, unknown>>;
  const wrong = (what: string) => new TokenwireError('invalid_request', what);
  switch (type) {
    case 'generate':
    case 'attach':
    case 'detach':
      if (!Number.isSafeInteger(ref)) throw wrong('ref must be a whole number.');
      if (type === 'attach' && typeof after !== 'string') {
        throw new TokenwireError('invalid_cursor', 'after must be a cursor.');
      }
      return;
    case 'stop':
      if (typeof id !== 'string') throw wrong('id must be a generation’s id.');
      return;
    case 'pong':
      return;
    default:
      throw wrong('type must be generate, attach, detach, stop or pong.');
  }
}

/** The `ref` of whatever was said, so that an error can name it. */
function refOf(message: unknown): number | undefined {
  const ref = (message as { readonly ref?: unknown } | null)?.ref;
  return Number.isSafeInteger(ref) ? (ref as number) : undefined;
}
