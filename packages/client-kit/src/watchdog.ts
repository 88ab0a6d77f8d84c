import type { Clock } from '@tokenwire/protocol';
import type { Device } from './device.js';

/**
 * Notices a connection that only looks open. It counts while somebody waits for bytes; an application that takes
 * its time is not a silent server. One timer in all, never one per token: it looks at the time of the last byte
 * when it fires, and sleeps again for what is left.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #device: Device;
  readonly #limitMs: number;
  readonly #onSilence: () => void;
  #lastByte = 0;
  #lastByteWall = 0;
  #waiting = false;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, device: Device, limitMs: number, onSilence: () => void) {
    this.#clock = clock;
    this.#device = device;
    this.#limitMs = limitMs;
    this.#onSilence = onSilence;
  }

  /** A byte has arrived; with `graceMs`, silence is expected for so long. */
  touch(graceMs = 0): void {
    this.#lastByte = this.#clock.now() + graceMs;
    this.#lastByteWall = this.#device.wallNow() + graceMs;
  }

  watch(): void {
    this.touch();
    this.#waiting = true;
    if (this.#cancel === undefined) this.#arm(this.#limitMs);
  }

  rest(): void {
    this.#waiting = false;
  }

  /** After a sleep: timers have stood still, and on some systems the monotonic clock has, too. */
  check(): void {
    const silentMs = this.#device.wallNow() - this.#lastByteWall;
    if (this.#waiting && Math.max(silentMs, this.#clock.now() - this.#lastByte) >= this.#limitMs) this.#onSilence();
  }

  stop(): void {
    this.#waiting = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(delayMs: number): void {
    // In the background: the connection itself keeps a Node process alive for as long as it is there.
    this.#cancel = this.#clock.after(delayMs, () => this.#look(), { background: true });
  }

  #look(): void {
    this.#cancel = undefined;
    if (!this.#waiting) return;
    const leftMs = this.#lastByte + this.#limitMs - this.#clock.now();
    if (leftMs > 0) this.#arm(leftMs);
    else this.#onSilence();
  }
}
