import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { DelayLine } from './delay-line.js';
import type { DirectionFaults, Ending } from './faults.js';

/** How much is taken from a sender that its receiver has not been given; then TCP holds the sender back. */
const MAX_QUEUED_BYTES = 64 * 1024;

/** Bandwidth is portioned so often, so that it looks even. */
const PORTIONS_PER_SECOND = 50;

/** What a direction asks of the connection that it is part of. */
export interface DirectionHooks {
  /** Bytes have come from the sender. */
  readonly onActivity: () => void;
  /** How many of `wanted` bytes may pass now, and counts them as passed. */
  readonly allow: (wanted: number) => number;
  /** Bytes have passed (or were not allowed to): the moment for cuts that waited for them. */
  readonly onPassed: (count: number) => void;
  /** `cutAtByte` is due. */
  readonly onCut: (how: Ending) => void;
}

/** One direction of a connection: takes bytes from one socket, does to them what its faults say, gives them to the other. */
export class Direction {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #hooks: DirectionHooks;
  readonly #line: DelayLine;
  #passed = 0;
  #freeAt = 0;
  #blackholed = false;
  #closed = false;
  #wake: () => void = () => {};

  constructor(from: Socket, to: Socket, faults: DirectionFaults, random: () => number, hooks: DirectionHooks) {
    this.#from = from;
    this.#to = to;
    this.#hooks = hooks;
    this.#line = new DelayLine(faults, random, () => this.#wake());
    from.on('data', (bytes: Buffer) => this.#arrive(bytes));
    from.on('end', () => this.#senderEnds('fin'));
    from.on('error', () => this.#senderEnds('rst'));
    to.on('close', () => this.stop());
    to.on('end', () => this.#isDark && this.#clearUp());
    this.#regulate();
    void this.#work();
  }

  /** Other faults from now on. A direction that was cut into a blackhole stays one. */
  change(faults: DirectionFaults): void {
    this.#line.faults = faults;
    this.#regulate();
    this.#wake();
  }

  /** Nothing passes from now on. */
  blackhole(): void {
    this.#blackholed = true;
    this.#regulate();
  }

  /** Drops what has not passed, and reads on, so that the sender's end is noticed. */
  stop(): void {
    this.#closed = true;
    this.#line.clear();
    this.#from.resume();
    this.#wake();
  }

  get #isDark(): boolean {
    return this.#blackholed || this.#line.faults.blackhole === true;
  }

  /** Reads from the sender only what can be passed on. */
  #regulate(): void {
    if (this.#closed) return;
    if (this.#isDark || this.#line.bytes >= MAX_QUEUED_BYTES) this.#from.pause();
    else this.#from.resume();
  }

  #arrive(bytes: Buffer): void {
    this.#hooks.onActivity();
    if (this.#closed) return;
    this.#line.add(bytes);
    this.#regulate();
  }

  #senderEnds(how: 'fin' | 'rst'): void {
    if (!this.#closed) this.#line.end(how);
  }

  /** The receiver of a blackhole has hung up. Nobody is left to be kept in the dark; the sockets must not stay for ever. */
  #clearUp(): void {
    this.stop();
    if (this.#from.destroyed) this.#to.destroy();
    else this.#from.once('close', () => this.#to.destroy());
  }

  /** Until the receiver is gone: waits for what may pass, and passes it. */
  async #work(): Promise<void> {
    while (!this.#closed) {
      const wait = this.#waitMs();
      if (wait > 0) await this.#sleep(wait);
      else await this.#pass();
    }
  }

  #waitMs(): number {
    const { first } = this.#line;
    if (first === undefined || this.#isDark) return Infinity;
    return Math.max(first.dueAt, this.#freeAt) - performance.now();
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = ms === Infinity ? undefined : setTimeout(resolve, Math.ceil(ms));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }

  async #pass(): Promise<void> {
    const { end, bytes } = this.#line.first ?? {};
    if (end !== undefined || bytes === undefined) return this.#end(end);
    const { cutAtByte, sliceBytes } = this.#line.faults;
    const left = cutAtByte === undefined ? Infinity : Math.max(0, cutAtByte.at - this.#passed);
    const count = this.#hooks.allow(Math.min(bytes.length, left, this.#portion()));
    if (count > 0) await this.#write(this.#line.take(count));
    if (this.#closed) return;
    this.#passed += count;
    this.#hooks.onPassed(count);
    if (cutAtByte !== undefined && this.#passed >= cutAtByte.at) return this.#hooks.onCut(cutAtByte.how);
    this.#regulate();
    if (sliceBytes !== undefined) await nextTurn();
  }

  /** Most bytes of one write. */
  #portion(): number {
    const { sliceBytes = Infinity, bytesPerSecond = Infinity } = this.#line.faults;
    return Math.max(1, Math.min(sliceBytes, Math.ceil(bytesPerSecond / PORTIONS_PER_SECOND)));
  }

  /** Settles when the operating system has taken the bytes, or the receiver is gone. */
  async #write(bytes: Buffer): Promise<void> {
    const { bytesPerSecond } = this.#line.faults;
    if (bytesPerSecond !== undefined) {
      this.#freeAt = Math.max(this.#freeAt, performance.now()) + (bytes.length / bytesPerSecond) * 1_000;
    }
    await new Promise<void>((resolve) => {
      this.#to.write(bytes, () => resolve());
    });
  }

  #end(how: 'fin' | 'rst' | undefined): void {
    this.stop();
    if (how === 'rst') this.#to.resetAndDestroy();
    else this.#to.end();
  }
}
