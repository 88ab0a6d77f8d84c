import { type Mode, type StreamEvent, isTerminal } from '@tokenwire/protocol';
import type { StreamStatus } from '@tokenwire/client-kit';

/** Who did or noticed something. */
export type Who = 'you' | 'line' | 'client' | 'server' | 'model';

/** Something worth telling about a pane, for people. */
export interface Incident {
  /** Milliseconds of `performance.now`. */
  readonly atMs: number;
  readonly who: Who;
  readonly text: string;
}

/**
 * Everything that one pane has seen of one answer. Outside of React, because events come by the thousand: who draws looks
 * at it once a frame, and compares `version` to know whether to.
 *
 * Columns (`at`, `seqs`, `tokens`) have one entry for each event that carries tokens.
 */
export class PaneRecord {
  readonly key: string;
  /** The pane's mode when the answer began; `mode` is the present one. */
  readonly firstMode: Mode;
  mode: Mode;
  readonly lane: string;
  /** When the client was told to begin, in milliseconds of `performance.now`; undefined before. */
  startMs: number | undefined;
  /** When the terminal event came, or reading was given up. */
  endMs: number | undefined;
  id: string | undefined;
  status: StreamStatus = 'idle';

  /** When each token-bearing event was applied, in milliseconds of `performance.now`. */
  readonly at: number[] = [];
  /** Seq of each of them. */
  readonly seqs: number[] = [];
  /** How many tokens each of them brought. */
  readonly tokens: number[] = [];
  /** Sum of `tokens`. */
  tokenCount = 0;
  /** All events, in the order in which the client handed them over. */
  readonly events: StreamEvent[] = [];
  /** By seq: when the log had it due (or, without a timetable, when it was appended), in the page's `performance.now`. */
  readonly dueMs: number[] = [];
  /** Bytes of payload that the client has seen, see `StreamOptions.onBytes`. */
  bytes = 0;
  /** Events that came although they had come before. The clients promise 0; this is the page's own count. */
  doubled = 0;
  /** Events that were jumped over. */
  lost = 0;
  readonly incidents: Incident[] = [];
  /** Grows with every change. */
  version = 0;

  constructor(key: string, mode: Mode, lane: string) {
    this.key = key;
    this.firstMode = mode;
    this.mode = mode;
    this.lane = lane;
  }

  /** Seq of the last event. */
  get lastSeq(): number {
    return this.events.at(-1)?.seq ?? 0;
  }

  get running(): boolean {
    return this.startMs !== undefined && this.endMs === undefined;
  }

  /** Applies an event; the only thing that happens per event. */
  take(event: StreamEvent, nowMs: number): void {
    const expected = this.lastSeq + 1;
    if (event.seq < expected) this.doubled += 1;
    else this.lost += event.seq - expected;
    this.events.push(event);
    if (event.type === 'message_start') this.id = event.id;
    else if (event.type === 'content_block_delta') {
      const tokens = event.tokens ?? 1;
      this.at.push(nowMs);
      this.seqs.push(event.seq);
      this.tokens.push(tokens);
      this.tokenCount += tokens;
    } else if (isTerminal(event)) this.endMs = nowMs;
    this.version += 1;
  }

  /** Something to tell. */
  note(who: Who, text: string, atMs = performance.now()): void {
    this.incidents.push({ atMs, who, text });
    this.version += 1;
  }
}
