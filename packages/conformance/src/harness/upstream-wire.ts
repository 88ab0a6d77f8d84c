import type { ServerResponse } from 'node:http';

import type { UpstreamCall } from './upstream.js';

const CHUNK_INTERVAL_MS = 10;

/** One chunk of an answer, as a Server-Sent Event. */
export function chunk(delta: object, reason: string | null = null): string {
  return dataOf({ choices: [{ index: 0, delta, finish_reason: reason }] });
}

/** Whatever fields a chunk may have, as a Server-Sent Event. */
export function dataOf(fields: object): string {
  return `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', ...fields })}\n\n`;
}

/** Says why the model stopped, and that nothing follows. */
export const ENDING = `${chunk({}, 'stop')}data: [DONE]\n\n`;

/** Begins an event stream. */
export function accept(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' });
  res.flushHeaders();
}

/** Answers with an error, in words that must stay inside. */
export function refuse(res: ServerResponse, status: number, headers: Record<string, string>): void {
  res.writeHead(status, { ...headers, 'content-type': 'application/json' });
  res.end(JSON.stringify({ error: { message: `secret detail of the upstream, status ${status}`, type: 'test' } }));
}

/** The numbers from 1, one chunk each, one after the other; `then` after the last. */
export function speak(call: UpstreamCall, res: ServerResponse, count: number, then: () => void): void {
  accept(res);
  const timer = setInterval(() => {
    if (call.chunks === count) {
      clearInterval(timer);
      return then();
    }
    call.chunks += 1;
    res.write(chunk({ content: `${call.chunks} ` }));
  }, CHUNK_INTERVAL_MS);
  res.on('close', () => clearInterval(timer));
}

/** The numbers from 1 to `count` in one write, so that no pause of a busy machine comes between them. */
export function blurt(call: UpstreamCall, res: ServerResponse, count: number): void {
  accept(res);
  call.chunks = count;
  res.write(Array.from({ length: count }, (_, index) => chunk({ content: `${index + 1} ` })).join(''));
}

/** Writes `noise` again and again until the connection is closed. */
export function mutter(res: ServerResponse, noise: string): void {
  const timer = setInterval(() => res.write(noise), CHUNK_INTERVAL_MS);
  res.on('close', () => clearInterval(timer));
}

/**
 * Speaks without end and without listening: the end of the other side's stream is ignored, and only a connection that
 * can take nothing more stops it. `node:http` would close its side by itself, so the socket is taken away from it.
 */
export function speakDeaf(call: UpstreamCall, res: ServerResponse): void {
  accept(res);
  const { socket } = res;
  if (!socket) return;
  res.detachSocket(socket);
  socket.removeAllListeners('end').removeAllListeners('close').removeAllListeners('error');
  const timer = setInterval(() => {
    call.chunks += 1;
    const text = chunk({ content: `${call.chunks} ` });
    socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
  }, CHUNK_INTERVAL_MS);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clearInterval(timer);
    call.aborted = true;
  });
}
