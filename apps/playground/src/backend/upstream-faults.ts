import { TokenwireError } from '@tokenwire/protocol';
import type { Piece, SourceContext, SourceRequest, TokenSource } from '@tokenwire/token-source';

/** Longest silence that can be asked for, in milliseconds. */
export const MAX_STALL_MS = 600_000;

type Batch = readonly Piece[];

/** Lets models fail on command, each answer by itself. */
export class UpstreamFaults {
  /** By the object that the source was called with, which is `generation.request`. */
  readonly #running = new WeakMap<SourceRequest, TroubledAnswer>();

  /** A source whose answers can be stalled and broken; without a command it says what `source` says, when it does. */
  wrap(source: TokenSource): TokenSource {
    return (request, context) => {
      const answer = new TroubledAnswer(context);
      this.#running.set(request, answer);
      return answer.follow(source, request);
    };
  }

  /**
   * The model says nothing more for `ms` milliseconds, counted from now also when it was silent already; what was due
   * meanwhile comes at once then. It replaces a stall that lasts. False: this request has no model that could be stalled.
   */
  stall(request: SourceRequest, ms: number): boolean {
    const answer = this.#running.get(request);
    answer?.stall(ms);
    return answer !== undefined;
  }

  /** The model fails: the answer ends with `upstream_error`. False as with `stall`. */
  fail(request: SourceRequest): boolean {
    const answer = this.#running.get(request);
    answer?.fail();
    return answer !== undefined;
  }
}

/** One answer of a model, and what is done to it. */
class TroubledAnswer {
  readonly #context: SourceContext;
  /** Aborts the model: for the application's reason, or because it is to fail. */
  readonly #abort = new AbortController();
  #failure: TokenwireError | undefined;
  #silentUntil = -Infinity;
  #wake: () => void = () => {};

  constructor(context: SourceContext) {
    this.#context = context;
    const { signal } = context;
    if (signal.aborted) this.#abort.abort();
    else signal.addEventListener('abort', () => this.#abort.abort(), { once: true, signal: this.#abort.signal });
  }

  stall(ms: number): void {
    this.#silentUntil = this.#context.clock.now() + ms;
    this.#wake();
  }

  fail(): void {
    this.#failure = new TokenwireError(
      'upstream_error',
      'The model failed in the middle of its answer, as it was told to.',
    );
    this.#abort.abort();
  }

  async *follow(source: TokenSource, request: SourceRequest): AsyncGenerator<Batch, void, undefined> {
    try {
      for await (const batch of source(request, { ...this.#context, signal: this.#abort.signal })) {
        if (this.#silentUntil > this.#context.clock.now() && !(await this.#silence())) break;
        yield batch;
      }
    } catch (error) {
      // A model may end its aborted call with an error of its own.
      if (this.#failure === undefined) throw error;
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Waits until the model may speak; when that is may change meanwhile. False: nobody wants to hear it any more. */
  async #silence(): Promise<boolean> {
    const { clock } = this.#context;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      const left = this.#silentUntil - clock.now();
      if (left <= 0) return true;
      await new Promise<void>((resolve) => {
        const settle = (): void => {
          callOff();
          signal.removeEventListener('abort', settle);
          resolve();
        };
        this.#wake = settle;
        const callOff = clock.after(left, settle);
        signal.addEventListener('abort', settle, { once: true });
      });
    }
    return false;
  }
}
