import { closeSync, openSync, writeSync } from 'node:fs';

import type { RawLine } from './raw.js';

/**
 * Appends to `raw.jsonl` while a measurement runs. Lines are written at once and whole, so that an interruption costs
 * the trial that was running and nothing else.
 */
export class RawWriter {
  readonly #file: number;

  /**
   * Begins a file; one that is there is replaced.
   * @throws {Error} of the file system, when it cannot be written.
   */
  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  /** @throws {Error} of the file system: the disk is full. */
  write(lines: readonly RawLine[]): void {
    writeSync(this.#file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  close(): void {
    closeSync(this.#file);
  }
}
