import { type ClientMessage, type StreamEvent, WEBSOCKET_PROTOCOL, parseCursor } from '@tokenwire/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import { ID } from '../../../client-kit/test/support/answer.js';
import { type Handler, type ScriptedServer, scripted } from '../../../client-kit/test/support/server.js';

/** What a test does with a message; `n` counts sockets from 1. */
export type OnMessage = (message: ClientMessage, socket: WebSocket, n: number) => void;

export interface SocketServer extends ScriptedServer {
  readonly heard: ClientMessage[];
  /** Sockets that are open now. */
  readonly open: Set<WebSocket>;
  /** Close codes that clients sent. */
  readonly closes: number[];
}

/** A WebSocket server that does what a test tells it. */
export async function socketServer(
  onMessage: OnMessage,
  {
    handler = (_, res) => void res.writeHead(404).end(),
    onOpen,
  }: { handler?: Handler; onOpen?: (socket: WebSocket, n: number) => void } = {},
): Promise<SocketServer> {
  const server = await scripted(handler);
  const heard: ClientMessage[] = [];
  const open = new Set<WebSocket>();
  const closes: number[] = [];
  let count = 0;
  const sockets = new WebSocketServer({
    server: server.http,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(WEBSOCKET_PROTOCOL) && WEBSOCKET_PROTOCOL,
  });
  sockets.on('connection', (socket) => {
    const n = (count += 1);
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      closes.push(code);
      open.delete(socket);
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as ClientMessage;
      heard.push(message);
      onMessage(message, socket, n);
    });
    onOpen?.(socket, n);
  });
  return { ...server, heard, open, closes };
}

export const say = (socket: WebSocket, message: object): void => socket.send(JSON.stringify(message));

/** Answers `generate` and `attach` as the protocol says. */
export function accept(message: ClientMessage, socket: WebSocket, done = false): number {
  const seq = message.type === 'attach' ? parseCursor(message.after).seq : 0;
  const ref = 'ref' in message ? message.ref : 0;
  say(socket, { ref, generation: ID, cursor: `${ID}.${seq}`, ...(done ? { done } : {}) });
  return seq;
}

/** A correct server for one finished answer. */
export function honest(events: readonly StreamEvent[]): OnMessage {
  return (message, socket) => {
    if (message.type !== 'generate' && message.type !== 'attach') return;
    const seq = accept(message, socket, message.type === 'attach' && parseCursor(message.after).seq === events.length);
    for (const event of events.slice(seq)) say(socket, { ref: message.ref, event });
  };
}
