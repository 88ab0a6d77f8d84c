import type { Cadence, CadencePreset, Clock, StopReason, TokenLogprob, Tool, Usage } from '@tokenwire/protocol';

/** One step of an answer, before the log numbers it: what a model says, without any framing. */
export type Piece = (
  | { readonly type: 'text'; readonly text: string; readonly logprobs?: readonly TokenLogprob[] }
  | { readonly type: 'thinking'; readonly thinking: string }
  /** Opens a tool call; its arguments follow as `tool_input`. */
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string }
  | { readonly type: 'tool_input'; readonly partialJson: string }
  /** The model is done. Always the last piece; a source that ends without one was truncated. */
  | { readonly type: 'end'; readonly stopReason: StopReason; readonly usage: Usage }
) & {
  /** How many tokens this piece holds. Default 1; 0 for `tool_use` and `end`. */
  readonly tokens?: number;
  /** When the timetable wanted it, in milliseconds of the clock; absent for models with a pace of their own. */
  dueMs?: number;
};

/** A validated request: every default filled in, so that sources need none of their own. */
export interface SourceRequest {
  /** The full name, for example `replay/hello`. */
  readonly model: string;
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[];
  readonly maxTokens: number;
  readonly temperature: number;
  readonly seed: number;
  readonly tools: readonly Tool[];
  readonly thinking: boolean;
  /** Alternatives to report with each token; undefined: report nothing. */
  readonly logprobs?: number;
  /** Undefined: the source's own default. */
  readonly cadence?: Cadence | CadencePreset;
}

export interface SourceContext {
  /** Aborted on stop: the source closes its connection to the model and ends (it may throw). */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/**
 * Where tokens come from. Yields batches, so that nothing costs per token what it could cost per batch.
 *
 * The first batch may be empty and means "the model has accepted the request": until then a failure is
 * an HTTP error, afterwards it is an `error` event.
 *
 * @throws {TokenwireError} with an `upstream_*` code; anything else is reported as `internal`.
 */
export type TokenSource = (request: SourceRequest, context: SourceContext) => AsyncIterable<readonly Piece[]>;
