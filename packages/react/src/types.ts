import type { StreamError, StreamOptions, StreamStatus } from '@tokenwire/client-kit';
import type { StopReason, StopReceipt, StreamEvent, Usage } from '@tokenwire/protocol';

/** A part of an answer, as far as it has come. Blocks that did not change keep their identity from frame to frame. */
export type AnswerBlock =
  | { readonly index: number; readonly type: 'text'; readonly text: string; readonly done: boolean }
  | { readonly index: number; readonly type: 'thinking'; readonly thinking: string; readonly done: boolean }
  | {
      readonly index: number;
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      /** The arguments as far as they have come: the beginning of a JSON text. */
      readonly partialJson: string;
      /** The arguments, once the block is done and if they are JSON. */
      readonly input?: unknown;
      readonly done: boolean;
    };

/** What a component can show of an answer. A new object each time something has changed, at most once a frame. */
export interface Answer {
  /** `idle` until something was asked. */
  readonly status: StreamStatus;
  /** The text of the whole answer as far as it has come, also after `resumeKey` or a change of `open`. */
  readonly text: string;
  readonly blocks: readonly AnswerBlock[];
  /** Why reading has ended too early. What came before it is kept. */
  readonly error: StreamError | undefined;
  readonly id: string | undefined;
  readonly cursor: string | undefined;
  readonly usage: Usage | undefined;
  readonly stopReason: StopReason | undefined;
  /** Connections made after the first, over all streams that this answer was read with. */
  readonly reconnects: number;
  /** HTTP requests and sockets so far, over all streams that this answer was read with. */
  readonly requests: number;
}

/** An answer, and what can be done with it. The functions keep their identity. */
export interface UseTokenStream extends Answer {
  /** Stops the generation on the server, see `TokenStream.stop`. Rejects with `invalid_request` when nothing was asked. */
  readonly stop: () => Promise<StopReceipt>;
  /** Stops reading and leaves the generation alone. */
  readonly detach: () => void;
  /** Reads on after `detach`, or after an error, strictly after the last event; also over another `open`. */
  readonly resume: () => void;
}

/** Where an answer is remembered over a reload. `sessionStorage` belongs to one tab, which is what an answer does. */
export type ResumeStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export interface UseTokenStreamOptions extends Omit<StreamOptions, 'request' | 'after'> {
  /**
   * Reads this answer instead of starting one: its cursor, `<id>.0` for the whole of it. `request` must be undefined then.
   */
  readonly after?: string | undefined;
  /** The same request under another name is asked again. Default `''`. */
  readonly run?: string | number | undefined;
  /**
   * Remembers the answer under this name, so that the same request (and `run`) after a reload reads the same answer from
   * its beginning instead of asking the model again. Default: nothing is remembered.
   */
  readonly resumeKey?: string | undefined;
  /** Default: `sessionStorage`, where there is one. */
  readonly storage?: ResumeStorage | undefined;
  /** Called with each event as it is applied, before any render. Must not set state: that would render once an event. */
  readonly onEvent?: ((event: StreamEvent) => void) | undefined;
}
