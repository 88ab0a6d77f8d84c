import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { eventually } from '@tokenwire/conformance';
import { WebSocket } from 'ws';

import {
  CONTROL_PATH,
  CONTROL_PROTOCOL,
  type ControlMessage,
  type ControlNews,
  type ControlReply,
  type ControlRequest,
  type LaneCounters,
  type TapPiece,
} from '../../src/control-protocol.js';

/** One end of a TCP connection, and all it has seen. */
export class End {
  readonly socket: Socket;
  readonly pieces: Buffer[] = [];
  /** How the other side ended it: `fin`, or the code of an error such as ECONNRESET. */
  ended: string | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (piece: Buffer) => this.pieces.push(piece));
    socket.on('end', () => (this.ended ??= 'fin'));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.ended ??= error.code));
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }

  /** Waits until a text has come. */
  async hears(text: string): Promise<void> {
    await eventually(`${JSON.stringify(text)} in ${JSON.stringify(this.text.slice(0, 200))}`, () =>
      this.text.includes(text),
    );
  }

  async ends(): Promise<string> {
    return await eventually('the end of the connection', () => this.ended);
  }
}

/** Connects to an `http:` URL, without a word of HTTP. */
export function dial(url: string): End {
  return new End(connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true }));
}

/** A TCP server that keeps its ends of the connections. */
export class Listener {
  readonly ends: End[] = [];
  readonly server: Server;

  constructor(greet: (end: End) => void = () => {}) {
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      const end = new End(socket);
      this.ends.push(end);
      greet(end);
    });
  }

  async listen(): Promise<this> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The connection of this number, once it is there. */
  async end(index: number): Promise<End> {
    return await eventually(`connection ${index}`, () => this.ends[index]);
  }

  close(): void {
    for (const { socket } of this.ends) socket.destroy();
    this.server.close();
  }
}

type Asked = ControlRequest extends infer R ? (R extends ControlRequest ? Omit<R, 'ref'> : never) : never;

/** A page without a browser: its control socket, and all that was said there. */
export class Page {
  readonly socket: WebSocket;
  readonly news: ControlNews[] = [];
  readonly pieces: TapPiece[] = [];
  readonly counters: Record<string, LaneCounters> = {};
  readonly #replies = new Map<number, (reply: ControlReply) => void>();
  #ref = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.#hear(JSON.parse((data as Buffer).toString()) as ControlMessage));
  }

  static async open(url: string): Promise<Page> {
    const socket = new WebSocket(url.replace('http', 'ws') + CONTROL_PATH, CONTROL_PROTOCOL);
    await once(socket, 'open');
    return new Page(socket);
  }

  /** Asks, and waits for the answer, be it an error. */
  ask(request: Asked): Promise<ControlReply> {
    const ref = this.#ref++;
    this.socket.send(JSON.stringify({ ...request, ref }));
    return new Promise((resolve) => this.#replies.set(ref, resolve));
  }

  /** Asks for something that must be done. @throws with the error. */
  async order(request: Asked): Promise<ControlReply> {
    const reply = await this.ask(request);
    if ('error' in reply) throw new Error(`${reply.error.code}: ${reply.error.message}`);
    return reply;
  }

  /** Opens a lane and gives the base URL for clients. */
  async lane(url: string, name: string, { tap = false } = {}): Promise<string> {
    await this.order({ type: 'open-lane', lane: name });
    if (tap) await this.order({ type: 'tap', lane: name, on: true });
    return `${url}/?lane=${name}`;
  }

  /** What a lane carried in one direction, as far as it was told. */
  tapped(lane: string, way: 'up' | 'down', connection?: number): Buffer {
    const mine = this.pieces.filter(
      (piece) => piece.lane === lane && piece.way === way && piece.connection === (connection ?? piece.connection),
    );
    return Buffer.concat(mine.map(({ data }) => Buffer.from(data, 'base64')));
  }

  #hear(message: ControlMessage): void {
    if ('ref' in message) {
      this.#replies.get(message.ref)?.(message);
      this.#replies.delete(message.ref);
      return;
    }
    this.news.push(message);
    if (message.type === 'tap') this.pieces.push(...message.pieces);
    if (message.type === 'lanes') Object.assign(this.counters, message.lanes);
  }

  close(): void {
    this.socket.terminate();
  }
}
