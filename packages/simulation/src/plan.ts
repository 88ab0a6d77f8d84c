import type { FlushPolicy } from '@tokenwire/generation-log';
import type { DisconnectPolicy } from '@tokenwire/protocol';
import type { Piece } from '@tokenwire/token-source';

/** Everything that is decided about a life before it begins. Data, so that parts can be left out to shrink a failure. */
export interface Plan {
  readonly seed: number;
  readonly limits: Limits;
  readonly disorder: Disorder;
  readonly answers: readonly AnswerPlan[];
  readonly readers: readonly ReaderPlan[];
  readonly steps: readonly Step[];
}

/** How the registry is set up. */
export interface Limits {
  readonly retentionMs: number;
  readonly retentionBytes: number;
  readonly maxRunning: number;
  readonly closeTimeoutMs: number;
  /** Whether the registry's timers share one, as on real servers. */
  readonly sharedTimers: boolean;
  readonly flush: FlushPolicy;
}

/** What the real world leaves open, and how much of it this life has. */
export interface Disorder {
  /** Timers fire late by up to this, in milliseconds. */
  readonly lateMs: number;
  /** Timers of the same moment fire in any order. */
  readonly ties: boolean;
  /** Probability that a connection breaks by itself, at a random byte. */
  readonly faults: number;
}

/** How the model ends its answer. */
export type Ending =
  | 'complete'
  /** Throws before the first batch. */
  | 'refuse'
  /** Throws an error of the model's side, or one that is a bug. */
  | 'error'
  | 'bug'
  /** Ends without an end piece. */
  | 'truncate'
  /** Says nothing more; its own watchdog gives up after a minute. */
  | 'stall'
  /** Is complete, and throws when it is closed. */
  | 'throw-after-end';

/** What a model will say, and how. */
export interface AnswerPlan {
  readonly id: string;
  readonly batches: readonly { readonly afterMs: number; readonly pieces: readonly Piece[] }[];
  readonly ending: Ending;
  /** How long after an abort the connection to the model closes, in milliseconds; `deaf`: only at its own end. */
  readonly closing: number | 'deaf';
  readonly policy: DisconnectPolicy;
  /** Whose it is; also its idempotency key is its id. */
  readonly owner: string;
}

export type Kind = 'stream' | 'long-poll' | 'short-poll';

/** A person with a client: the application, its connection, and when it begins. */
export interface ReaderPlan {
  readonly id: string;
  readonly answer: string;
  readonly kind: Kind;
  /** `start` asks for the answer itself; `join` reads one that somebody else has started, if there is one by then. */
  readonly begins: 'start' | 'join';
  readonly atMs: number;
  readonly line: Line;
  readonly application: Application;
  /** The reader's patience: attempts in a row without a new event. */
  readonly maxAttempts: number;
}

/** A path through the network. */
export interface Line {
  readonly latencyMs: number;
  readonly jitterMs: number;
  readonly bytesPerMs: number;
  /** What the two kernels hold between them; beyond it the server's own buffer fills. */
  readonly windowBytes: number;
}

/** What the program does with the events. */
export interface Application {
  /** Every so many events it takes so long, in milliseconds. */
  readonly pauseEvery: number;
  readonly pauseMs: number;
  /** What it does at its n-th event, if it comes so far. */
  readonly at: number;
  readonly deed: 'nothing' | 'throw' | 'leave' | 'stop' | 'throw-in-callback';
}

/** How a connection breaks: a clean end in the middle, a reset, or silence without an end. */
export type Cut = 'end' | 'reset' | 'blackhole';

/** Something that happens to the world at a moment. */
export type Step = { readonly id: string; readonly atMs: number } & (
  | { readonly do: 'cut'; readonly reader: string; readonly how: Cut }
  /** Connections are refused for a while. */
  | { readonly do: 'outage'; readonly reader: string; readonly forMs: number }
  | { readonly do: 'stop'; readonly reader: string; readonly times: number }
  /** Somebody else stops the answer. */
  | { readonly do: 'stop-answer'; readonly answer: string }
  | { readonly do: 'detach'; readonly reader: string }
  | { readonly do: 'abort'; readonly reader: string }
  /** A new client goes on with the cursor that the old one has stored, on any transport. */
  | { readonly do: 'resume'; readonly reader: string; readonly kind: Kind }
  /** The same start once more. */
  | { readonly do: 'repeat'; readonly answer: string }
  /** The same key with another request. */
  | { readonly do: 'conflict'; readonly answer: string }
  /** Nobody runs for a while: the computer sleeps, or the process is blocked. */
  | { readonly do: 'oversleep'; readonly forMs: number }
  | { readonly do: 'shutdown'; readonly drainMs: number }
  | { readonly do: 'restart' }
);

/** The plan without the parts of these ids; `late`, `ties` and `faults` name the disorder. */
export function without(plan: Plan, ids: ReadonlySet<string>): Plan {
  const kept = <T extends { readonly id: string }>(items: readonly T[]): T[] => items.filter(({ id }) => !ids.has(id));
  const { lateMs, ties, faults } = plan.disorder;
  return {
    ...plan,
    readers: kept(plan.readers),
    steps: kept(plan.steps),
    disorder: {
      lateMs: ids.has('late') ? 0 : lateMs,
      ties: ties && !ids.has('ties'),
      faults: ids.has('faults') ? 0 : faults,
    },
  };
}

/** All ids that `without` understands for this plan. */
export function partsOf(plan: Plan): string[] {
  return [...plan.steps, ...plan.readers].map(({ id }) => id).concat('faults', 'late', 'ties');
}
