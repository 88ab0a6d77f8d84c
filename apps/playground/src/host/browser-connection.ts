import { connect, type Socket } from 'node:net';

import type { Destination, Traffic } from './destination.js';
import { RequestReader } from './request-reader.js';

/**
 * Whoever connects and says nothing (or half a line) is given to the server after so long: its own time limits count
 * from then on. Browsers send a request's line at once, but open connections before they need them.
 */
const SILENCE_MS = 1_000;

/** Where requests go. */
export interface Directory {
  /** @param target path and query of a request, as it was sent. */
  readonly find: (target: string) => Destination;
  /** For connections that do not say where they want to go. */
  readonly fallback: () => Destination;
}

/** A connection from here to a destination, for one connection of a browser. */
interface Way {
  readonly destination: Destination;
  readonly socket: Socket;
  readonly traffic: Traffic | undefined;
  requests: number;
  /** Whether bytes have come back since the last request began. */
  answered: boolean;
  /** Nothing more will come from it. */
  over: boolean;
}

/**
 * A connection of a browser, and the connections behind it: one for each destination that it has asked, the present one
 * being that of the last request. Bytes and ends pass as they are, in both directions; a side that does not read holds
 * the other back.
 */
export class BrowserConnection {
  readonly #browser: Socket;
  readonly #directory: Directory;
  readonly #reader = new RequestReader();
  readonly #ways = new Map<Destination, Way>();
  #silence: NodeJS.Timeout | undefined;
  #present: Way | undefined;

  /** `browser` must allow half-open connections. */
  constructor(browser: Socket, directory: Directory) {
    this.#browser = browser;
    this.#directory = directory;
    browser.setNoDelay(true);
    this.#expectLine();
    browser.on('data', (bytes: Buffer) => this.#up(bytes));
    browser.on('drain', () => this.#present?.socket.resume());
    browser.on('end', () => this.#browserEnds());
    browser.on('error', () => this.#leave((socket) => socket.resetAndDestroy(), 'rst'));
    browser.on('close', () => this.#leave((socket) => socket.destroy(), 'fin'));
  }

  /** Ends it towards the browser, if it is asking, or has last asked, this destination. */
  endOf(destination: Destination): void {
    if (this.#present?.destination === destination) this.#present.socket.destroy();
  }

  destroy(): void {
    this.#browser.destroy();
  }

  #up(chunk: Buffer): void {
    clearTimeout(this.#silence);
    for (const { target, bytes } of this.#reader.read(chunk)) {
      if (target !== undefined) this.#begin(target);
      this.#send(bytes);
    }
    if (this.#reader.holds) this.#expectLine();
  }

  #expectLine(): void {
    this.#silence = setTimeout(() => this.#onSilence(), SILENCE_MS);
  }

  #begin(target: string): void {
    const present = this.#present;
    if (present !== undefined && present.requests > 0 && !present.answered) {
      // A second request before the first answer. Two destinations could not answer in the right order, so all goes to one.
      this.#send(this.#reader.giveUp());
      return;
    }
    const destination = this.#directory.find(target);
    const way = this.#turnTo(destination);
    way.requests += 1;
    way.answered = false;
    way.traffic?.request();
  }

  #turnTo(destination: Destination): Way {
    const way = this.#ways.get(destination) ?? this.#open(destination);
    if (this.#present !== undefined && this.#present !== way) {
      this.#present.traffic?.end('other');
      this.#present.socket.resume();
    }
    this.#present = way;
    return way;
  }

  #send(bytes: Buffer): void {
    if (bytes.length === 0) return;
    const { socket, traffic } = this.#present ?? this.#turnTo(this.#directory.fallback());
    if (!socket.writable) return;
    traffic?.up(bytes);
    if (!socket.write(bytes)) this.#browser.pause();
  }

  /** Nothing said, or half a line: the server must be able to lose its patience. */
  #onSilence(): void {
    if (this.#reader.holds) this.#send(this.#reader.giveUp());
    else if (this.#present === undefined) this.#turnTo(this.#directory.fallback());
  }

  #open(destination: Destination): Way {
    const socket = connect({ port: destination.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const way: Way = { destination, socket, traffic: destination.watch?.(), requests: 0, answered: false, over: false };
    this.#ways.set(destination, way);
    socket.on('data', (bytes: Buffer) => this.#down(way, bytes));
    socket.on('drain', () => this.#browser.resume());
    socket.on('end', () => this.#over(way, 'fin'));
    socket.on('error', () => this.#over(way, 'rst'));
    // Also where it was destroyed here: nothing will come from it any more.
    socket.on('close', () => this.#over(way, 'fin'));
    return way;
  }

  #down(way: Way, bytes: Buffer): void {
    if (way !== this.#present) return this.#stray(way);
    way.answered = true;
    way.traffic?.down(bytes);
    if (!this.#browser.write(bytes)) way.socket.pause();
  }

  /**
   * Bytes from where nobody is asking any more. After a request they are the rest of an answer that the browser did not wait for
   * (browsers do): mixing two answers would be worse than ending both. Otherwise a server tires of waiting.
   */
  #stray(way: Way): void {
    this.#drop(way);
    if (way.requests > 0) this.#browser.resetAndDestroy();
  }

  /** The other end of a way has ended. The browser is told if it is the present one. */
  #over(way: Way, how: 'fin' | 'rst'): void {
    if (way.over) return;
    if (way !== this.#present) return this.#drop(way);
    way.over = true;
    way.traffic?.end(how);
    // What the browser may still send was meant for the way that has ended.
    this.#reader.giveUp();
    if (how === 'rst') this.#browser.resetAndDestroy();
    else this.#browser.end();
  }

  #drop(way: Way): void {
    way.over = true;
    this.#ways.delete(way.destination);
    way.socket.destroy();
  }

  #browserEnds(): void {
    clearTimeout(this.#silence);
    this.#send(this.#reader.giveUp());
    for (const { socket, traffic } of this.#ways.values()) {
      traffic?.end('fin');
      socket.end();
    }
    if (this.#ways.size === 0) this.#browser.end();
  }

  #leave(end: (socket: Socket) => void, how: 'fin' | 'rst'): void {
    clearTimeout(this.#silence);
    for (const way of this.#ways.values()) {
      way.over = true;
      way.traffic?.end(how);
      end(way.socket);
    }
    this.#ways.clear();
  }
}
