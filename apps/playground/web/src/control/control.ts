import {
  CONTROL_PATH,
  CONTROL_PROTOCOL,
  type ControlMessage,
  type ControlNews,
  type ControlReply,
  type ControlRequest,
  type LaneCounters,
  type TapPiece,
  type TimingRow,
} from '../../../src/control-protocol.js';
import { ClockOffset } from './clock-offset.js';

/** A request without its number. */
export type Ask = ControlRequest extends infer R ? (R extends ControlRequest ? Omit<R, 'ref'> : never) : never;

type News<T extends ControlNews['type']> = Extract<ControlNews, { type: T }>;

const REPLY_LIMIT_MS = 10_000;
const CLOCK_PINGS = 7;
const CLOCK_EVERY_MS = 20_000;
const RECONNECT_MS = 1_000;

/**
 * The page's own socket to its host: lines and their faults, what the wire carries, and when tokens were due. The answers
 * themselves never go over it. It comes back by itself; lanes do not, because the host closes them with the socket.
 */
export class Control {
  readonly offset = new ClockOffset();
  /** What each lane has carried, as the host last said. */
  readonly lanes = new Map<string, LaneCounters>();
  connected = false;
  readonly #url: string;
  readonly #listeners = new Set<(news: ControlNews) => void>();
  readonly #stateListeners = new Set<() => void>();
  readonly #waiting = new Map<number, { resolve: (reply: ControlReply) => void; reject: (error: Error) => void }>();
  #socket: WebSocket | undefined;
  #ref = 0;
  #open: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(origin: string) {
    this.#url = origin.replace(/^http/, 'ws') + CONTROL_PATH;
  }

  /** Connects, and stays connected until `close`. */
  start(): void {
    this.#open ??= this.#connect();
    this.#open.catch(() => undefined);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#open = Promise.reject(new Error('closed'));
    this.#open.catch(() => undefined);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /**
   * Asks the host.
   * @throws {Error} with the host's words when it refuses, when it cannot be reached, or after 10 s.
   */
  async ask(message: Ask): Promise<ControlReply> {
    await this.#open;
    const socket = this.#socket;
    if (!socket || socket.readyState !== WebSocket.OPEN) throw new Error('The playground’s server cannot be reached.');
    this.#ref += 1;
    const ref = this.#ref;
    const reply = await new Promise<ControlReply>((resolve, reject) => {
      const timer = setTimeout(() => this.#waiting.get(ref)?.reject(new Error('No answer in 10 s.')), REPLY_LIMIT_MS);
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(ref);
      };
      this.#waiting.set(ref, {
        resolve: (value) => (settle(), resolve(value)),
        reject: (error) => (settle(), reject(error)),
      });
      socket.send(JSON.stringify({ ...message, ref }));
    });
    if ('error' in reply) throw new Error(reply.error.message);
    return reply;
  }

  /** When the events of an answer after seq `after` were due and appended, in the host's time. */
  async timing(id: string, after: number): Promise<readonly TimingRow[]> {
    const reply = await this.ask({ type: 'timing', id, after });
    return 'events' in reply ? reply.events : [];
  }

  /** Calls `listener` with all news of one kind. Gives the function that ends it. */
  on<T extends ControlNews['type']>(type: T, listener: (news: News<T>) => void): () => void {
    const listen = (news: ControlNews): void => {
      if (news.type === type) listener(news as News<T>);
    };
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  }

  /** The bytes of one lane, from now on. Gives the function that ends it. */
  tap(lane: string, listener: (pieces: readonly TapPiece[]) => void): () => void {
    const off = this.on('tap', ({ pieces }) => {
      const own = pieces.filter((piece) => piece.lane === lane);
      if (own.length > 0) listener(own);
    });
    void this.ask({ type: 'tap', lane, on: true }).catch(() => undefined);
    return () => {
      off();
      void this.ask({ type: 'tap', lane, on: false }).catch(() => undefined);
    };
  }

  /** Calls `listener` when the connection comes or goes. Gives the function that ends it. */
  onState(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  }

  async #connect(): Promise<void> {
    const socket = new WebSocket(this.#url, CONTROL_PROTOCOL);
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as ControlMessage));
    socket.addEventListener('close', () => this.#lost(socket));
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('close', () => reject(new Error('The playground’s server cannot be reached.')));
    });
    this.#setConnected(true);
    void this.#readClock();
  }

  /** The host's time: several short questions, of which the quickest answer counts; again later, because clocks drift. */
  async #readClock(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.offset.begin();
      for (let index = 0; index < CLOCK_PINGS; index += 1) {
        const sentMs = performance.now();
        const reply = await this.ask({ type: 'clock' });
        if ('nowMs' in reply) this.offset.take(sentMs, reply.nowMs, performance.now());
      }
      this.#timer = setTimeout(() => void this.#readClock(), CLOCK_EVERY_MS);
    } catch {
      // Comes again with the next connection.
    }
  }

  #receive(message: ControlMessage): void {
    if ('ref' in message) return this.#waiting.get(message.ref)?.resolve(message);
    if (message.type === 'lanes') {
      for (const [lane, counters] of Object.entries(message.lanes)) this.lanes.set(lane, counters);
    }
    for (const listener of this.#listeners) listener(message);
  }

  #lost(socket: WebSocket): void {
    if (this.#socket !== socket) return;
    this.lanes.clear();
    for (const { reject } of [...this.#waiting.values()]) reject(new Error('The playground’s server went away.'));
    this.#setConnected(false);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#open = this.#connect();
      this.#open.catch(() => undefined);
    }, RECONNECT_MS);
  }

  #setConnected(connected: boolean): void {
    this.connected = connected;
    for (const listener of this.#stateListeners) listener();
  }
}
