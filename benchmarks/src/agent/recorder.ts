import { nowMs } from '../compare/clock.js';
import type { Sink } from '../drivers/driver.js';
import type { StreamNotes } from './job.js';

/** Notes what one reader sees. While it is measured nothing happens but a clock reading and two pushes a token. */
export class Recorder implements Sink {
  readonly index: number;
  readonly #scheduledMs: number;
  readonly #onFirst: () => void;
  readonly #arrivalsMs: number[] = [];
  readonly #chunkTokens: number[] = [];
  readonly #texts: string[] = [];
  readonly #extra: Record<string, number> = {};
  #startMs = Number.NaN;
  #headersMs: number | null = null;
  #endMs = Number.NaN;
  #inChunk = false;
  #id = '';
  #requests = 1;
  #reconnects = 0;
  #lost = 0;
  #doubled = 0;
  #error = '';

  /** @param onFirst called with the first token. */
  constructor(index: number, scheduledMs: number, onFirst: () => void) {
    this.index = index;
    this.#scheduledMs = scheduledMs;
    this.#onFirst = onFirst;
  }

  get tokens(): number {
    return this.#arrivalsMs.length;
  }

  start(): void {
    this.#startMs = nowMs();
  }

  headers(): void {
    this.#headersMs ??= nowMs();
  }

  token(text: string): void {
    this.#arrivalsMs.push(nowMs());
    this.#texts.push(text);
    if (this.#inChunk) {
      this.#chunkTokens[this.#chunkTokens.length - 1] = (this.#chunkTokens.at(-1) ?? 0) + 1;
      return;
    }
    // What one read of a socket brings is handed on within one turn of the event loop.
    this.#chunkTokens.push(1);
    this.#inChunk = true;
    setImmediate(this.#chunkEnds);
    if (this.#arrivalsMs.length === 1) this.#onFirst();
  }

  id(id: string): void {
    this.#id = id;
  }

  requests(requests: number, reconnects: number): void {
    this.#requests = requests;
    this.#reconnects = reconnects;
  }

  lost(count: number): void {
    this.#lost += count;
  }

  doubled(count: number): void {
    this.#doubled += count;
  }

  extra(name: string, value: number): void {
    this.#extra[name] = value;
  }

  end(error = ''): void {
    this.#endMs = nowMs();
    this.#error = error;
  }

  notes(): StreamNotes {
    return {
      index: this.index,
      scheduledMs: this.#scheduledMs,
      startMs: this.#startMs,
      headersMs: this.#headersMs,
      firstByteMs: this.#arrivalsMs[0] ?? null,
      endMs: this.#endMs,
      arrivalsMs: this.#arrivalsMs,
      chunkTokens: this.#chunkTokens,
      text: this.#texts.join(''),
      id: this.#id,
      requests: this.#requests,
      reconnects: this.#reconnects,
      lost: this.#lost,
      doubled: this.#doubled,
      extra: this.#extra,
      error: this.#error,
    };
  }

  readonly #chunkEnds = (): void => {
    this.#inChunk = false;
  };
}
