import { messageOf } from '../compare/failures.js';
import { nowMs } from '../compare/clock.js';
import { passThrough, type PassThrough } from './pass-through.js';

/** What one read from a socket brought. */
export interface Piece {
  /** Milliseconds of the machine's monotonic clock. */
  readonly atMs: number;
  readonly bytes: Buffer;
}

/** One connection as it went past, in the order in which connections were made. */
export interface RecordedConnection {
  /** From the client. */
  readonly up: readonly Piece[];
  /** From the server. */
  readonly down: readonly Piece[];
  /** Both ends have closed it. */
  readonly closed: boolean;
}

/** A pass-through that keeps everything. */
export interface WireRecorder extends PassThrough {
  readonly connections: readonly RecordedConnection[];
  /**
   * Settles as soon as `isWhole` says so, asked again whenever something has come.
   * @param limitMs rejects when nothing comes for this long, default 10 000.
   */
  until(isWhole: () => boolean, limitMs?: number): Promise<void>;
}

interface Recording {
  readonly up: Piece[];
  readonly down: Piece[];
  closed: boolean;
}

/** Keeps everything that goes to and from a server. Bytes stay in memory: record single answers. */
export async function recordWire(serverUrl: string): Promise<WireRecorder> {
  const connections: Recording[] = [];
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };
  const { url, close } = await passThrough(serverUrl, () => {
    const recording: Recording = { up: [], down: [], closed: false };
    connections.push(recording);
    const keep = (pieces: Piece[]) => (bytes: Buffer) => {
      pieces.push({ atMs: nowMs(), bytes });
      changed();
    };
    const closed = (): void => {
      recording.closed = true;
      changed();
    };
    return { up: keep(recording.up), down: keep(recording.down), closed };
  });
  return {
    url,
    connections,
    until: (isWhole, limitMs = 10_000) => settled(isWhole, watchers, limitMs),
    close,
  };
}

function settled(isWhole: () => boolean, watchers: Set<() => void>, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (failure?: unknown): void => {
      clearTimeout(limit);
      watchers.delete(look);
      if (failure === undefined) resolve();
      else reject(failure instanceof Error ? failure : new Error(messageOf(failure)));
    };
    const look = (): void => {
      try {
        if (isWhole()) settle();
        else limit.refresh();
      } catch (error) {
        settle(error);
      }
    };
    const limit = setTimeout(() => settle(new Error(`Nothing came for ${limitMs} ms, and it is not whole.`)), limitMs);
    watchers.add(look);
    look();
  });
}
