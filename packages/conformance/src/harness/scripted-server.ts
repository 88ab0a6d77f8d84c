import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { formatCursor, isTerminal, parseCursor, type Mode, type StreamEvent } from '@tokenwire/protocol';
import { WebSocketServer, type WebSocket } from 'ws';

import { POLLING } from './raw-events.js';

/** The generation of every scripted server. */
export const SCRIPTED_ID = 'gen_0123456789abcdefghijklmn';

/** A short answer, event by event. */
export const SCRIPTED_EVENTS: readonly StreamEvent[] = [
  { seq: 1, type: 'message_start', id: SCRIPTED_ID, model: 'script' },
  { seq: 2, type: 'content_block_start', index: 0, block: { type: 'text' } },
  ...['One ', 'two ', 'three ', 'four ', 'five.'].map((text, n): StreamEvent => ({
    seq: n + 3,
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text },
  })),
  { seq: 8, type: 'content_block_stop', index: 0 },
  { seq: 9, type: 'message_delta', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 5 } },
  { seq: 10, type: 'message_stop' },
];

/** What is sent to the reader that asks for the `n`-th time, from 0, for what follows event `after`. */
export type Script = (after: number, n: number) => readonly StreamEvent[];

/**
 * A server that speaks one mode and says what a script tells it, right or wrong: to see what clients make of servers
 * that do what ours never do. Connections end after what the script says; a socket stays open after a terminal event.
 */
export class ScriptedServer {
  /** Requests for events so far. */
  asked = 0;
  readonly #mode: Mode;
  readonly #script: Script;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });

  private constructor(mode: Mode, script: Script) {
    this.#mode = mode;
    this.#script = script;
    this.#http = createServer((req, res) => this.#answer(req, res));
    this.#http.on('upgrade', (req, tcp, head) => {
      this.#sockets.handleUpgrade(req, tcp, head, (socket) => this.#converse(socket));
    });
  }

  /** Starts one on a free port of loopback, runs `work` with its URL, and ends it. */
  static async during(
    mode: Mode,
    script: Script,
    work: (url: string, server: ScriptedServer) => Promise<void>,
  ): Promise<void> {
    const server = new ScriptedServer(mode, script);
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    try {
      await work(`http://127.0.0.1:${(server.#http.address() as AddressInfo).port}`, server);
    } finally {
      for (const socket of server.#sockets.clients) socket.terminate();
      server.#http.close();
      server.#http.closeAllConnections();
    }
  }

  #answer(req: IncomingMessage, res: ServerResponse): void {
    req.resume();
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://localhost');
    const starts = pathname === '/generations';
    if (!starts && !pathname.endsWith('/events')) return void res.writeHead(404).end('{}');
    const cursor = searchParams.get('after') ?? req.headers['last-event-id'];
    const after = typeof cursor === 'string' ? parseCursor(cursor).seq : 0;
    const headers = { 'tokenwire-generation': SCRIPTED_ID, location: `/generations/${SCRIPTED_ID}` };
    const json = { ...headers, 'content-type': 'application/json' };
    if (POLLING.includes(this.#mode)) {
      if (starts)
        return void res.writeHead(201, json).end(JSON.stringify({ id: SCRIPTED_ID, cursor: `${SCRIPTED_ID}.0` }));
      return void res.writeHead(200, json).end(JSON.stringify(pageOf(after, this.#next(after))));
    }
    const sse = this.#mode === 'sse';
    res.writeHead(200, { ...headers, 'content-type': sse ? 'text/event-stream' : 'application/x-ndjson' });
    const frames = this.#next(after).map((event) =>
      sse
        ? `id: ${formatCursor(SCRIPTED_ID, event.seq)}\ndata: ${JSON.stringify(event)}\n\n`
        : `${JSON.stringify(event)}\n`,
    );
    res.end(frames.join(''));
  }

  #converse(socket: WebSocket): void {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as {
        readonly ref?: number;
        readonly type: string;
        readonly after?: string;
      };
      if (message.type !== 'generate' && message.type !== 'attach') return;
      const { ref, after: cursor } = message;
      const after = cursor === undefined ? 0 : parseCursor(cursor).seq;
      socket.send(JSON.stringify({ ref, generation: SCRIPTED_ID, cursor: formatCursor(SCRIPTED_ID, after) }));
      const events = this.#next(after);
      for (const event of events) socket.send(JSON.stringify({ ref, event }));
      if (!events.some(isTerminal)) socket.close(1001);
    });
  }

  #next(after: number): readonly StreamEvent[] {
    this.asked += 1;
    return this.#script(after, this.asked - 1);
  }
}

function pageOf(after: number, events: readonly StreamEvent[]): object {
  const last = events.at(-1);
  return {
    events,
    cursor: formatCursor(SCRIPTED_ID, last?.seq ?? after),
    done: last !== undefined && isTerminal(last),
  };
}
