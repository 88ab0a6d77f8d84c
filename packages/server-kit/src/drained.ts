import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * Waits until a full connection takes more. `write() === false` means accepted, so nothing is written again.
 * Also ends when the connection closes: a `drain` never comes then.
 * @param stream a response, or the socket under a WebSocket.
 * @returns false when the connection is gone, or took nothing for `stallMs`.
 */
export function drained(stream: Writable, stallMs: number): Promise<boolean> {
  if (stream.destroyed || stream.closed) return Promise.resolve(false);
  if (!stream.writableNeedDrain) return Promise.resolve(true);
  return new Promise((resolve) => {
    let waiting = waitingBytes(stream);
    let stall: NodeJS.Timeout;
    const settle = (ok: boolean) => {
      clearTimeout(stall);
      stream.off('drain', onDrain).off('close', onClose);
      resolve(ok);
    };
    const onDrain = () => settle(true);
    const onClose = () => settle(false);
    const watch = () => {
      stall = setTimeout(() => {
        const before = waiting;
        waiting = waitingBytes(stream);
        // Slow, but it moves.
        if (waiting !== before) watch();
        else settle(false);
      }, stallMs);
    };
    watch();
    stream.once('drain', onDrain).once('close', onClose);
  });
}

/**
 * A figure that is 0 when nothing waits for the other end, and changes whenever it takes something. `writableLength` of a
 * socket stands still until a whole write is out; what the kernel has not accepted of it moves, and Node asks the
 * same for its own time-outs.
 */
export function waitingBytes(stream: Writable): number {
  const socket = (stream as { readonly socket?: Socket | null }).socket ?? stream;
  const handle = (socket as { readonly _handle?: { readonly writeQueueSize?: number } | null })._handle;
  return stream.writableLength === 0 ? 0 : stream.writableLength + (handle?.writeQueueSize ?? 0);
}
