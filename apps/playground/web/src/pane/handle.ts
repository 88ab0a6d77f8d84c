import type { Device } from '@tokenwire/client-kit';
import type { GenerationRequest, Mode } from '@tokenwire/protocol';
import type { UseTokenStream } from '@tokenwire/react';
import type { PaneRecord } from './pane-record.js';
import type { Pace } from './slowed.js';

/** What the page's device can play beside being one: a sleep. */
export interface NappingDevice extends Device {
  /** As if the machine had slept for so many milliseconds and woke up now: the wall clock jumps, and clients are told. */
  readonly wake: (sleptMs: number) => void;
}

/** A pane, for the tools around it. It keeps its identity for one answer; another run gives another one. */
export interface PaneHandle {
  readonly key: string;
  /** For people: `SSE`, and `SSE 2` for the second pane of a mode. */
  readonly title: string;
  readonly record: PaneRecord;
  /** What the client was asked for; undefined in a tab that reads an answer of another one. */
  readonly request: GenerationRequest | undefined;
  /** Where an answer of another tab is read from. */
  readonly after: string | undefined;
  /** The client's `url`: the page's origin, and the lane in its query. */
  readonly url: string;
  /** The hook's latest state and commands. */
  readonly stream: () => UseTokenStream;
  /** Reads on over another transport, in mid-answer. */
  readonly switchTo: (mode: Mode) => void;
  /** How slowly the page takes events. */
  readonly pace: Pace;
  readonly device: NappingDevice;
}
