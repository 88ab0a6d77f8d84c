/**
 * What an answer is made of. The types follow the vocabulary that streaming LLM APIs already use.
 * An answer is a list of events with `seq` dense from 1, of which exactly the last one is terminal.
 */
export type StreamEvent =
  | MessageStart
  | ContentBlockStart
  | ContentBlockDelta
  | ContentBlockStop
  | MessageDelta
  | TerminalEvent;

/** Ends every log, on every path. A stream that ends without one is incomplete, never a success. */
export type TerminalEvent = MessageStop | Cancelled | Failed;

/** An event before the log has numbered it. */
export type EventBody = StreamEvent extends infer E ? (E extends StreamEvent ? Omit<E, 'seq'> : never) : never;

interface Numbered {
  /** Position in the log: 1, 2, 3, … without gaps. */
  readonly seq: number;
}

/** The answer begins. */
export interface MessageStart extends Numbered {
  readonly type: 'message_start';
  /** Id of the generation. */
  readonly id: string;
  /** The model that answers. */
  readonly model: string;
}

export type ContentBlock =
  | { readonly type: 'text' }
  | { readonly type: 'thinking' }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string };

/** A block opens. */
export interface ContentBlockStart extends Numbered {
  readonly type: 'content_block_start';
  /** Position of the block in the answer, from 0. */
  readonly index: number;
  readonly block: ContentBlock;
}

export type Delta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  | { readonly type: 'input_json_delta'; readonly partialJson: string };

/** More of an open block. */
export interface ContentBlockDelta extends Numbered {
  readonly type: 'content_block_delta';
  readonly index: number;
  readonly delta: Delta;
  /** How many tokens this delta holds. Default 1. */
  readonly tokens?: number;
  /** How likely each token was, where the model can tell. */
  readonly logprobs?: readonly TokenLogprob[];
}

/** A token, its natural-log probability, and the most likely tokens at its place. */
export interface TokenLogprob {
  readonly token: string;
  /** Natural logarithm of the probability: ≤ 0. */
  readonly logprob: number;
  /** Best alternatives, most likely first; the chosen token may be among them. */
  readonly top: readonly { readonly token: string; readonly logprob: number }[];
}

/** A block closes. */
export interface ContentBlockStop extends Numbered {
  readonly type: 'content_block_stop';
  readonly index: number;
}

export type StopReason = 'end_turn' | 'max_tokens' | 'stop_sequence' | 'tool_use' | 'refusal';

/** Token counts, as the model's provider counts them. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Why the model stopped, and what the answer cost. */
export interface MessageDelta extends Numbered {
  readonly type: 'message_delta';
  readonly stopReason: StopReason;
  readonly usage: Usage;
}

/** Terminal: the answer is complete. */
export interface MessageStop extends Numbered {
  readonly type: 'message_stop';
}

export type CancelledBy = 'client' | 'disconnect' | 'limit' | 'shutdown';

/** Terminal: stopped on purpose. What came before is valid. */
export interface Cancelled extends Numbered {
  readonly type: 'cancelled';
  readonly by: CancelledBy;
}

/** Terminal: failed. What came before is shown, and marked as partial. */
export interface Failed extends Numbered {
  readonly type: 'error';
  readonly error: { readonly code: string; readonly message: string; readonly retryable: boolean };
}

const TERMINAL: ReadonlySet<string> = new Set<TerminalEvent['type']>(['message_stop', 'cancelled', 'error']);

/** Whether `event` ends its log. */
export function isTerminal(event: { readonly type: string }): event is TerminalEvent {
  return TERMINAL.has(event.type);
}

/** The answer's text in `event`: `''` unless it is a text delta. */
export function textOf(event: EventBody | StreamEvent): string {
  return event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : '';
}
