/**
 * Lean reader of WebSockets with the package `ws`. Option `opening`: `generate` (default) asks as our server wants it;
 * `get` only opens a socket, as on the control, whose messages are bare events. Option `deflate`: offers compression.
 */
import { WEBSOCKET_PROTOCOL, type StreamEvent } from '@tokenwire/protocol';
import { WebSocket } from 'ws';

import type { Call, Read } from './driver.js';
import { EventReader } from './event-reader.js';
import { generationRequest } from './lean-http.js';

/** What our server and the control say, as far as a lean reader needs it. */
interface Message {
  readonly event?: StreamEvent;
  readonly error?: unknown;
  readonly seq?: number;
  readonly type?: string;
}

export const read: Read = (call, sink) =>
  new Promise((resolve, reject) => {
    const { trace, signal } = call;
    const events = new EventReader(sink);
    const socket = open(call);
    const leave = (): void => {
      reject(signal.reason);
      socket.terminate();
    };
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    socket.on('open', () => {
      sink.headers();
      if (socket.protocol === '') return;
      socket.send(JSON.stringify({ type: 'generate', ref: 1, request: generationRequest(trace) }));
    });
    socket.on('message', (data: Buffer) => {
      try {
        const message = JSON.parse(data.toString()) as Message;
        if (message.event) events.take(message.event);
        else if (message.seq !== undefined) events.take(message as StreamEvent);
        else if (message.type === 'ping') socket.send('{"type":"pong"}');
        else if (message.error !== undefined) throw new Error(`the server refused: ${JSON.stringify(message.error)}`);
      } catch (error) {
        reject(error);
        socket.terminate();
      }
      if (!events.finished) return;
      resolve();
      socket.close();
    });
    socket.on('error', reject);
    socket.on('close', (code) => {
      signal.removeEventListener('abort', leave);
      reject(new Error(`the socket closed before the answer (${code})`));
    });
  });

function open({ url, stream, options }: Call): WebSocket {
  const base = url.replace(/^http/, 'ws');
  const settings = { perMessageDeflate: options['deflate'] === true };
  if (options['opening'] === 'get') return new WebSocket(`${base}/?stream=${stream}`, settings);
  return new WebSocket(`${base}/generations`, WEBSOCKET_PROTOCOL, settings);
}
