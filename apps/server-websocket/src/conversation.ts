import { parseCursor, TokenwireError, type ClientMessage, type Cursor } from '@tokenwire/protocol';
import type { Generation, Generations } from '@tokenwire/generation-log';
import {
  accepted,
  checkIdempotencyKey,
  checkPass,
  locate,
  parseJsonText,
  parseRequest,
  report,
  type Pass,
  type TransportSettings,
} from '@tokenwire/server-kit';
import type { RawData, WebSocket } from 'ws';

import { closeFor } from './close-for.js';
import { checkMessage, refOf } from './messages.js';
import type { Outlet } from './outlet.js';

/** Generations that one socket may read at the same time. */
const MAX_REFS = 20;
/** Readers that were let go but wait for the connection still, and stops under way, beside the readers. */
const MAX_PENDING = 2 * MAX_REFS;
/** Messages in error after which the socket is closed: the other end does not speak this protocol. */
const MAX_BAD_MESSAGES = 10;

/** Sends a log, from strictly after `seq` to its end or until the signal aborts. */
export type Send = (ref: number, generation: Generation, seq: number, signal: AbortSignal) => Promise<void>;

export interface ConversationOptions {
  readonly generations: Generations;
  readonly settings: TransportSettings;
  /** Whose socket it is, and what it may be used for. */
  readonly pass: Pass;
  readonly outlet: Outlet;
  readonly send: Send;
}

/** What one client says over one socket, and what is done about it. */
export class Conversation {
  readonly #socket: WebSocket;
  readonly #options: ConversationOptions;
  readonly #readers = new Map<number, AbortController>();
  #badMessages = 0;
  #pending = 0;

  constructor(socket: WebSocket, options: ConversationOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** A message arrived, as one buffer (the default `binaryType` of ws). Every problem is answered with an error message; none of them throws. */
  hear(data: RawData, isBinary: boolean): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
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
    void this.#follow(0, this.#open(0), async () => this.#find(parseCursor(after))).then(() =>
      this.#socket.close(1000),
    );
  }

  /** The socket has closed: stops reading, for all generations. */
  leave(): void {
    for (const reader of this.#readers.values()) reader.abort();
    this.#readers.clear();
  }

  #act(message: ClientMessage): void {
    const { generations, pass, settings } = this.#options;
    switch (message.type) {
      case 'generate': {
        const signal = this.#open(message.ref);
        void this.#follow(message.ref, signal, async () => {
          checkPass(pass, undefined);
          const { owner } = pass;
          const idempotencyKey = checkIdempotencyKey(message.idempotencyKey);
          const options = idempotencyKey === undefined ? { owner } : { owner, idempotencyKey };
          const generation = generations.start(parseRequest(message.request), options);
          await accepted(generation, signal, settings);
          return { generation, seq: 0 };
        });
        break;
      }
      case 'attach': {
        const signal = this.#open(message.ref);
        void this.#follow(message.ref, signal, async () => this.#find(parseCursor(message.after)));
        break;
      }
      case 'detach':
        this.#readers.get(message.ref)?.abort();
        this.#readers.delete(message.ref);
        break;
      case 'stop':
        void this.#stop(message.id);
        break;
      case 'authenticate':
        // Where everybody is let in, a credential is as superfluous as an Authorization header.
        if (!settings.ownerOfToken) break;
        throw new TokenwireError('conflict', 'This socket is authenticated; open another one.');
      case 'pong':
        break;
    }
  }

  #open(ref: number): AbortSignal {
    if (this.#readers.has(ref)) {
      throw new TokenwireError('conflict', 'This ref is in use on this socket; take another.');
    }
    if (this.#readers.size >= MAX_REFS || this.#pending >= MAX_PENDING) {
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
    // After a detach the ref may be in use again, by another reader.
    const mine = (): boolean => this.#readers.get(ref)?.signal === signal;
    this.#pending += 1;
    try {
      const { generation, seq } = await find();
      await this.#options.send(ref, generation, seq, signal);
    } catch (error) {
      if (mine()) {
        this.#readers.delete(ref);
        this.#complain(error, ref);
      }
    }
    this.#pending -= 1;
    if (mine()) this.#readers.delete(ref);
  }

  #find(cursor: Cursor): { readonly generation: Generation; readonly seq: number } {
    const { generations, pass } = this.#options;
    checkPass(pass, cursor.id);
    return locate(generations, cursor, { owner: pass.owner });
  }

  async #stop(id: string): Promise<void> {
    const { generations, pass, outlet } = this.#options;
    this.#pending += 1;
    try {
      checkPass(pass, id);
      const generation = generations.get(id, pass.owner);
      if (this.#pending > MAX_PENDING && !generation.log.terminal) {
        throw new TokenwireError('rate_limited', 'Too many stops at once; await some.');
      }
      const receipt = await generation.stop('client');
      outlet.say({ stopped: id, receipt });
    } catch (error) {
      this.#complain(error);
    }
    this.#pending -= 1;
  }

  /**
   * Says what was wrong. An error with a `ref` tells its reader that nothing more will come; so where the ref belongs to
   * an earlier reader, which goes on, it is named in another field.
   */
  #complain(thrown: unknown, ref?: number): void {
    const { outlet, settings } = this.#options;
    const { error, requestId } = report(thrown, settings.log, { path: '/generations', ref });
    const told = { error: error.toBody(requestId) };
    if (ref === undefined) outlet.say(told);
    else outlet.say(this.#readers.has(ref) ? { refInUse: ref, ...told } : { ref, ...told });
    if (error.code === 'forbidden') return closeFor(this.#socket, error);
    if (error.httpStatus >= 500) return;
    this.#badMessages += 1;
    if (this.#badMessages >= MAX_BAD_MESSAGES) this.#socket.close(4500, 'too many bad messages');
  }
}
