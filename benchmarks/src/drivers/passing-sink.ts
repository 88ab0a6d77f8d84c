import type { Sink } from './driver.js';

/** Passes everything on: for drivers that watch what another one reads. */
export class PassingSink implements Sink {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  headers(): void {
    this.#sink.headers();
  }

  token(text: string): void {
    this.#sink.token(text);
  }

  id(id: string): void {
    this.#sink.id(id);
  }

  requests(requests: number, reconnects: number): void {
    this.#sink.requests(requests, reconnects);
  }

  lost(count: number): void {
    this.#sink.lost(count);
  }

  doubled(count: number): void {
    this.#sink.doubled(count);
  }

  extra(name: string, value: number): void {
    this.#sink.extra(name, value);
  }
}
