/**
 * How a direction or a connection ends: closed in good order (a TCP FIN), reset (a TCP RST), or not at all: the
 * sockets stay open, nothing passes any more, and nobody is told.
 */
export type Ending = 'fin' | 'rst' | 'blackhole';

/** A direction: from the client to the server, or from the server to the client. */
export type Way = 'up' | 'down';

/** What happens to the bytes of one direction of one connection. What is absent does not happen. */
export interface DirectionFaults {
  /** Each piece is delayed by so many milliseconds. Throughput is not limited by it, up to 64 KiB per delay. */
  readonly latencyMs?: number;
  /** The delay is drawn for each piece from `latencyMs` ± `jitterMs`; the order is kept. */
  readonly jitterMs?: number;
  /** Bandwidth. The sender feels it through TCP, once the operating system's buffers are full. */
  readonly bytesPerSecond?: number;
  /** Bytes are passed in segments of at most so many, each in a turn of the event loop of its own. */
  readonly sliceBytes?: number;
  /**
   * Bytes are held until there are so many, and then passed at once; `Infinity`: until the sender ends, like a proxy
   * that buffers answers. What is held is kept in memory, whatever its size.
   */
  readonly coalesceBytes?: number;
  /** Bytes are held for so many milliseconds at most. Alone: whatever their number. */
  readonly coalesceMs?: number;
  /**
   * Exactly `at` bytes of this direction pass, then it ends, the end of the connection included (but with
   * `blackhole`, which leaves the other direction alone). With 0 it ends when the first byte comes, which does not pass.
   */
  readonly cutAtByte?: { readonly at: number; readonly how: Ending };
  /** Nothing passes, not even the end of the stream, and the sender is not read from. */
  readonly blackhole?: boolean;
}

/** What happens to one connection. */
export interface ConnectionFaults {
  /** From the client to the server. */
  readonly up?: DirectionFaults;
  /** From the server to the client. */
  readonly down?: DirectionFaults;
  /** The connection is accepted and reset at once; the server hears nothing of it. */
  readonly refuse?: boolean;
  /** The connection is reset, to both sides, when no byte has come from either side for so many milliseconds. */
  readonly idleKillMs?: number;
}

/** The faults of all connections, or of each by its index, which counts from 0. */
export type Plan = ConnectionFaults | ((index: number) => ConnectionFaults);

/** The faults that a plan has for a connection. */
export function faultsOf(plan: Plan, index: number): ConnectionFaults {
  return typeof plan === 'function' ? plan(index) : plan;
}
