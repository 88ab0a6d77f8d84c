import type { Mode } from '@tokenwire/protocol';
import type { PaneHandle } from '../pane/handle.js';
import type { Asker } from './standing.js';

/** What of a pane the faults need. */
export type Target = Pick<PaneHandle, 'record' | 'pace' | 'device' | 'stream' | 'switchTo'>;

/** What can be chosen beside the fault itself. */
export interface FaultOptions {
  /** The slow link's bandwidth each way, in bytes per second. */
  readonly bytesPerSecond: number;
  /** Its latency each way, in milliseconds. */
  readonly latencyMs: number;
  /** How long lasting faults last, in milliseconds; undefined: until they are repaired. */
  readonly forMs: number | undefined;
  /** What to switch to. */
  readonly mode: Mode;
}

export const FAULT_DEFAULTS: FaultOptions = {
  bytesPerSecond: 1_000,
  latencyMs: 200,
  forMs: undefined,
  mode: 'websocket',
};

/** Something that can be done to a running answer. */
export interface Fault {
  /** Also the value of the button's `data-fault`. */
  readonly id: string;
  readonly title: string;
  /** What it does, in one sentence. */
  readonly does: string;
  /** What one should see, in one sentence. */
  readonly shows: string;
  /** False: there is one of what it breaks, so that all panes have it at once. */
  readonly perPane: boolean;
  /** It stays until it is repaired. */
  readonly lasting?: true;
  /** It needs nothing of the host. */
  readonly local?: true;
  /** Why it can have no effect on this pane now; undefined when it can. */
  readonly obstacle: (pane: Target, options: FaultOptions) => string | undefined;
  /**
   * Does it. Faults that are not `perPane` are applied once, to any pane.
   * @throws {Error} with the host's words.
   */
  readonly apply: (pane: Target, control: Asker, options?: FaultOptions) => Promise<void>;
}

/** Faults that belong together. */
export interface FaultGroup {
  readonly title: string;
  readonly faults: readonly Fault[];
}

/** The obstacle that every fault has. */
export function notReading({ record }: Target): string | undefined {
  if (record.startMs === undefined) return 'It has not begun to read an answer.';
  return record.running ? undefined : 'It reads no answer any more.';
}

/** Why there is nothing to break at all; undefined when there is. */
export function nothingToBreak(panes: readonly Target[]): string | undefined {
  if (panes.length === 0) return 'Nothing has been asked yet.';
  const obstacles = panes.map(notReading);
  return obstacles.every((obstacle) => obstacle !== undefined) ? NOTHING : undefined;
}

const NOTHING = 'No answer is being read now: ask something, and break it while it comes.';

/** The obstacle of faults that end a connection. */
export function notConnected(pane: Target): string | undefined {
  const { status } = pane.record;
  return notReading(pane) ?? (status === 'streaming' ? undefined : 'It has no connection now: it is being made.');
}
