/** What a client asks for. Everything but `messages` or `prompt` is optional; unknown fields are refused. */
export interface GenerationRequest {
  /** Default `tiny`. See `docs/models.md` for the list. */
  readonly model?: string;
  /** Shorthand for one user message. Either this or `messages`. At most 100 000 characters. */
  readonly prompt?: string;
  /** The conversation so far, oldest first: 1 to 256 messages. */
  readonly messages?: readonly Message[];
  /** Most tokens the answer may have: 1 to 100 000, default 256. */
  readonly maxTokens?: number;
  /** Randomness of sampling: 0 (always the most likely token) to 2, default 0.8. */
  readonly temperature?: number;
  /** Same seed, same request: same answer, where the model can promise it. 0 to 2³² − 1; default random. */
  readonly seed?: number;
  /** Tools the model may call; passed on to models that know them. At most 128. */
  readonly tools?: readonly Tool[];
  /** Ask for visible thinking, where the model has it. Default false. */
  readonly thinking?: boolean;
  /** Report the probability of each token and of this many alternatives, 0 to 20; default none. */
  readonly logprobs?: number;
  /** How fast embedded models speak: a preset or exact figures. Default `typical`. */
  readonly cadence?: Cadence | CadencePreset;
  /** What happens when nobody reads any more. Default `{ graceMs: 30000 }`. */
  readonly onDisconnect?: DisconnectPolicy;
}

export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A tool, described by a JSON Schema of its input. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: Readonly<Record<string, unknown>>;
}

/** When tokens appear, apart from which. Only embedded models follow it. */
export interface Cadence {
  /** Time to first token in milliseconds, 0 to 60 000, default 300. */
  readonly ttftMs?: number;
  /** Mean rate after the first token, above 0 and up to 1 000 000, default 50. */
  readonly tokensPerSecond?: number;
  /** Unevenness: the standard deviation of a gap as a share of its mean, 0 to 1, default 0.3. */
  readonly jitter?: number;
  /** Tokens that appear together, 1 to 1 000, default 1. The mean rate stays the same. */
  readonly burst?: number;
}

export const CADENCE_PRESETS = ['instant', 'fast', 'typical', 'slow', 'bursty'] as const;
export type CadencePreset = (typeof CADENCE_PRESETS)[number];

/**
 * `continue`: the answer is finished and kept. `cancel`: stopped as soon as the last reader is gone.
 * `graceMs`: stopped when nobody has read for that long, 0 to 600 000.
 */
export type DisconnectPolicy = 'continue' | 'cancel' | { readonly graceMs: number };

export type GenerationStatus = 'running' | 'completed' | 'cancelled' | 'failed';

/** `GET /generations/:id`: what is known of an answer now. */
export interface Snapshot {
  readonly id: string;
  readonly status: GenerationStatus;
  /** Everything up to here is in `text`. */
  readonly cursor: string;
  readonly text: string;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | null;
  readonly stopReason: string | null;
  /** Why it failed; absent otherwise. */
  readonly error?: { readonly code: string; readonly message: string; readonly retryable: boolean };
}

/** The answer to a stop. */
export interface StopReceipt {
  readonly id: string;
  /** The status after the stop. */
  readonly status: GenerationStatus;
  /** True when there was nothing left to stop. */
  readonly alreadyDone: boolean;
  /** Seq of the last event in the log. */
  readonly lastSeq: number;
  /** Milliseconds from the stop until the connection to the model was closed. */
  readonly upstreamClosedMs: number;
  /** Tokens that still arrived from the model after the stop, and were dropped. */
  readonly tokensAfterStop: number;
}

/** The answer to a poll. */
export interface PollPage<Event> {
  readonly events: readonly Event[];
  /** Ask for what comes after this next. */
  readonly cursor: string;
  /** True when the terminal event is at or before `cursor`: never ask again. */
  readonly done: boolean;
  /** Short polling only: the server's advice, in milliseconds. */
  readonly nextPollMs?: number;
}
