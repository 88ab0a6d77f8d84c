import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

import { Generations, type GenerationsOptions } from '@tokenwire/generation-log';
import { WEBSOCKET_PROTOCOL } from '@tokenwire/protocol';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { SERVER_OPTIONS, Tickets, Users, type LogLine, type TransportSettings } from '@tokenwire/server-kit';
import { expect, vi } from 'vitest';
import { WebSocket } from 'ws';

import { websocketTransport } from '../src/index.js';

type TokenSource = ReturnType<GenerationsOptions['resolve']>;
type Piece = Awaited<
  ReturnType<ReturnType<ReturnType<TokenSource>[typeof Symbol.asyncIterator]>['next']>
>['value'][number];

export const TOKEN = 'ada-token-0123456789';
export const OTHER_TOKEN = 'bob-token-0123456789';
export const PATIENCE = { interval: 5, timeout: 30_000 };

export type Message = Record<string, unknown> & {
  readonly error?: { readonly code: string; readonly requestId: string };
};

/** A WebSocket server in this process, in virtual time, whose models say what the test says. */
export async function startRig(options: Partial<TransportSettings> & { readonly source?: TokenSource } = {}) {
  const clock = new VirtualClock();
  const logged: LogLine[] = [];
  const generations = new Generations({ clock, resolve: () => options.source ?? endless, maxRunningPerOwner: 100 });
  const tickets = new Tickets({ clock });
  const settings = { tickets, log: (line: LogLine) => void logged.push(line), ...options };
  const transport = websocketTransport(generations, settings);
  const server = createServer(SERVER_OPTIONS);
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('upgrade', (req, tcp, head) => transport.upgrade?.(req, tcp, head));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/generations`;
  const clients: WebSocket[] = [];
  const open = (query = '', headers: Record<string, string> = {}) => {
    const socket = new WebSocket(url + query, WEBSOCKET_PROTOCOL, { headers });
    clients.push(socket);
    return new Client(socket);
  };
  const close = async (): Promise<void> => {
    for (const client of clients) client.terminate();
    await generations.stopAll('shutdown');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { clock, generations, tickets, logged, sockets, open, close };
}

export const USERS = new Users(`ada:${TOKEN},bob:${OTHER_TOKEN}`);
export const GUARDED = { ownerOf: USERS.ownerOf, ownerOfToken: USERS.ownerOfToken };

/** Says a word and is silent until it is stopped. */
const endless: TokenSource = async function* (_, { signal }) {
  yield [{ type: 'text', text: 'word' }];
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
};

/** Says all of `pieces` at once, and ends. */
export function saying(pieces: readonly Piece[]): TokenSource {
  return async function* () {
    yield pieces;
    yield [{ type: 'end', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: pieces.length } }];
  };
}

export class Client {
  readonly heard: Message[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** The HTTP status of a refused upgrade. */
  readonly refused: Promise<number | undefined>;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => void this.heard.push(JSON.parse(data.toString()) as Message));
    this.closed = new Promise((resolve) => {
      socket.once('close', (code: number, reason: Buffer) => resolve({ code, reason: reason.toString() }));
    });
    this.refused = new Promise((resolve) => {
      socket.once('unexpected-response', (_req, res) => (resolve(res.statusCode), socket.terminate()));
    });
  }

  async ready(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
    return this;
  }

  say(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  async hear(fits: (message: Message) => boolean): Promise<Message> {
    await vi.waitUntil(() => this.heard.some(fits), PATIENCE);
    return this.heard.find(fits) ?? expect.fail();
  }

  error(): Promise<Message> {
    return this.hear(({ error }) => error !== undefined);
  }
}
