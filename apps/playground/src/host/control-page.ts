import { errorFromBody, TokenwireError, type ErrorBody } from '@tokenwire/protocol';
import { toTokenwireError, type TimingReport } from '@tokenwire/server-kit';
import type { RawData, WebSocket } from 'ws';

import { markOf } from '../backend/instance.js';
import type { ControlMessage, ControlReply, ControlRequest, LaneCounters } from '../control-protocol.js';
import type { Backends } from './backends.js';
import { checkRequest, parseMessage, refOf } from './control-messages.js';
import { hostNow } from './host-clock.js';
import type { Lane, LaneOwner, Lanes } from './lanes.js';
import { TapQueue } from './tap.js';

/** Lanes of one page at the same time. */
const MAX_LANES = 64;
/** Requests of one page that wait for an answer. */
const MAX_PENDING = 64;
/** What is done to a lane happens in the order in which it was asked for; nothing else waits for anything. */
const IN_ORDER: ReadonlySet<string> = new Set(['open-lane', 'close-lane', 'cut', 'conditions', 'tap']);
/** Messages in error after which the socket is closed: the other end does not speak this protocol. */
const MAX_BAD_MESSAGES = 10;
/** Pieces are sent so often, and counters every second time. */
const BEAT_MS = 50;
/** What may wait in the socket before no more pieces are given to it. */
const MAX_BUFFERED_BYTES = 512 * 1024;
/** What may wait in the socket at all; a page that does not even read answers is closed. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

export interface PageOptions {
  readonly lanes: Lanes;
  readonly backends: Backends;
}

/** One page at its control socket: what it asks for, and what it is told. Its lanes end with it. */
export class ControlPage {
  readonly #socket: WebSocket;
  readonly #options: PageOptions;
  readonly #lanes = new Set<Lane>();
  readonly #changed = new Set<Lane>();
  readonly #taps = new TapQueue();
  readonly #owner: LaneOwner;
  /** What was asked of a lane last; never rejects. */
  #before: Promise<unknown> = Promise.resolve();
  #beat: NodeJS.Timeout | undefined;
  #beats = 0;
  #opening = 0;
  #pending = 0;
  #badMessages = 0;

  constructor(socket: WebSocket, options: PageOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#owner = {
      taps: this.#taps,
      touched: (lane) => {
        this.#changed.add(lane);
        this.#beat ??= setTimeout(this.#onBeat, BEAT_MS);
      },
      news: (news) => this.tell(news),
    };
    socket.on('message', (data, isBinary) => void this.#hear(data, isBinary));
    socket.on('close', () => this.#leave());
    // What breaks a socket also closes it.
    socket.on('error', () => {});
  }

  tell(message: ControlMessage): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) return this.#socket.close(4008, 'slow_consumer');
    this.#socket.send(JSON.stringify(message));
  }

  async #hear(data: RawData, isBinary: boolean): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (isBinary) return this.#socket.close(1003, 'text messages only');
    let ref = -1;
    try {
      const message = parseMessage((data as Buffer).toString());
      ref = refOf(message);
      checkRequest(message);
      if (this.#pending >= MAX_PENDING) throw new TokenwireError('rate_limited', 'Await some answers first.');
      this.tell(await this.#inTurn(message));
    } catch (error) {
      this.#complain(ref, toTokenwireError(error));
    }
  }

  async #inTurn(message: ControlRequest): Promise<ControlReply> {
    this.#pending += 1;
    try {
      if (!IN_ORDER.has(message.type)) return await this.#act(message);
      const done = this.#before.then(() => this.#act(message));
      this.#before = done.catch(() => {});
      return await done;
    } finally {
      this.#pending -= 1;
    }
  }

  #complain(ref: number, { code, message, httpStatus }: TokenwireError): void {
    this.tell({ ref, error: { code, message } });
    if (httpStatus !== 400) return;
    this.#badMessages += 1;
    if (this.#badMessages >= MAX_BAD_MESSAGES) this.#socket.close(4500, 'too many bad messages');
  }

  async #act(request: ControlRequest): Promise<ControlReply> {
    const { ref } = request;
    const { backends, lanes } = this.#options;
    switch (request.type) {
      case 'open-lane':
        await this.#open(request.lane);
        break;
      case 'close-lane': {
        const lane = this.#laneOf(request.lane);
        this.#lanes.delete(lane);
        await lanes.close(lane);
        break;
      }
      case 'cut':
        this.#laneOf(request.lane).cut(request.how);
        break;
      case 'conditions':
        this.#laneOf(request.lane).change(request.conditions);
        break;
      case 'tap':
        this.#laneOf(request.lane).tapped = request.on;
        break;
      case 'upstream':
        await this.#ask(request.id, `/playground/upstream/${encodeURIComponent(request.id)}`, request.fault);
        break;
      case 'restart':
        await backends.restart();
        break;
      case 'timing': {
        const path = `/generations/${encodeURIComponent(request.id)}/timing?after=${request.after}`;
        const { events } = (await this.#ask(request.id, path)) as TimingReport;
        return { ref, events };
      }
      case 'clock':
        return { ref, nowMs: hostNow() };
    }
    return { ref, ok: true };
  }

  async #open(name: string): Promise<void> {
    if (this.#lanes.size + this.#opening >= MAX_LANES) {
      throw new TokenwireError('rate_limited', `A page has at most ${MAX_LANES} lanes; close one first.`);
    }
    this.#opening += 1;
    try {
      const lane = await this.#options.lanes.open(name, this.#owner);
      this.#lanes.add(lane);
      // The page may have left meanwhile.
      if (this.#socket.readyState !== this.#socket.OPEN) this.#leave();
    } finally {
      this.#opening -= 1;
    }
  }

  /** A lane of this page. @throws {TokenwireError} `not_found` also for those of others. */
  #laneOf(name: string): Lane {
    const lane = this.#options.lanes.get(name);
    if (lane !== undefined && this.#lanes.has(lane)) return lane;
    throw new TokenwireError('not_found', 'You have no lane of this name.');
  }

  /** Asks the server that keeps an answer. @throws {TokenwireError} what the server says. */
  async #ask(id: string, path: string, body?: object): Promise<unknown> {
    const { backends } = this.#options;
    const { url } = backends.withMark(markOf(id)) ?? backends.current;
    const post = { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
    const response = await fetch(url + path, body === undefined ? {} : post);
    const answer = (await response.json()) as { readonly error?: ErrorBody };
    if (answer.error) throw errorFromBody(answer.error, 'internal');
    return answer;
  }

  readonly #onBeat = (): void => {
    this.#beat = undefined;
    this.#beats += 1;
    if (this.#socket.bufferedAmount <= MAX_BUFFERED_BYTES) {
      const pieces = this.#taps.take();
      if (pieces.length > 0) this.tell({ type: 'tap', pieces });
    }
    if (this.#beats % 2 === 0 && this.#changed.size > 0) this.#count();
    if (this.#changed.size > 0 || !this.#taps.isEmpty) this.#beat = setTimeout(this.#onBeat, BEAT_MS);
  };

  #count(): void {
    const lanes: Record<string, LaneCounters> = {};
    for (const { name, counters } of this.#changed) lanes[name] = { ...counters };
    this.#changed.clear();
    this.tell({ type: 'lanes', atMs: hostNow(), lanes });
  }

  #leave(): void {
    clearTimeout(this.#beat);
    for (const lane of this.#lanes) void this.#options.lanes.close(lane);
    this.#lanes.clear();
  }
}
