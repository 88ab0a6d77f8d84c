/** What the generator is told. */
export interface Job {
  readonly type: 'job';
  /** Module below `drivers/`, without `.js`. */
  readonly driver: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly url: string;
  /** Name of the trace. */
  readonly trace: string;
  /** Of its tokens. */
  readonly texts: readonly string[];
  readonly streams: number;
  /** Milliseconds from the start of the first stream to that of the last. */
  readonly rampMs: number;
  /** Streams read before. */
  readonly warmUp: number;
  /** `cold`: warming up happens on connections of its own. */
  readonly connections: 'cold' | 'warm';
}

/** Generator → parent, in this order. Times in milliseconds of the machine's monotonic clock. */
export type Progress =
  /** It listens, and waits for its job. */
  | { readonly type: 'here' }
  /** The warm-up is over: the next thing is the load. It waits for `go`. */
  | { readonly type: 'ready' }
  /** Every stream has its first token, and none has ended. Never sent when streams end before all have begun. */
  | { readonly type: 'steady-begin'; readonly tokens: number }
  | { readonly type: 'steady-end'; readonly tokens: number }
  | { readonly type: 'done'; readonly records: readonly StreamNotes[] }
  | { readonly type: 'failed'; readonly message: string };

/** What a reader noted of one stream. */
export interface StreamNotes {
  readonly index: number;
  readonly scheduledMs: number;
  readonly startMs: number;
  readonly headersMs: number | null;
  readonly firstByteMs: number | null;
  readonly endMs: number;
  /** One a token. */
  readonly arrivalsMs: readonly number[];
  readonly chunkTokens: readonly number[];
  readonly text: string;
  /** The server's name for the answer; empty where it has none. */
  readonly id: string;
  readonly requests: number;
  readonly reconnects: number;
  readonly lost: number;
  readonly doubled: number;
  readonly extra: Readonly<Record<string, number>>;
  /** Why it failed; empty when it did not. */
  readonly error: string;
}
