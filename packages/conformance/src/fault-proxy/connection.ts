import type { Socket } from 'node:net';

import { Direction, type DirectionHooks } from './direction.js';
import type { ConnectionFaults, Ending, Way } from './faults.js';
import { randomOf } from './random.js';

/**
 * A reset waits so long, in which nothing passes. libuv reports a reset that it finds together with the last bytes as
 * a good end, so without the wait most readers on Node would take it for a FIN.
 */
const RESET_AFTER_MS = 3;

/** What happened to a connection, for those who want to watch. */
export interface ConnectionEvent {
  /** `refuse`: accepted and reset at once. `cut`: ended by a fault, `how` says in which way. */
  readonly type: 'open' | 'refuse' | 'cut' | 'close';
  /** Which connection, from 0. */
  readonly index: number;
  /** Bytes that passed from the client to the server so far. */
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly how?: Ending;
  /** What cut it: a plan's `cutAtByte`, its `idleKillMs`, or a command such as `cutAll`. */
  readonly by?: Way | 'idle' | 'command';
}

export interface ConnectionHooks {
  /** How many of `wanted` bytes may pass. */
  readonly allow: (way: Way, wanted: number) => number;
  readonly onPassed: (way: Way, count: number) => void;
  readonly onEvent: (event: ConnectionEvent) => void;
}

/** A connection through the proxy: two sockets and a direction each way. */
export class Connection {
  readonly index: number;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #hooks: ConnectionHooks;
  readonly #up: Direction;
  readonly #down: Direction;
  #idle: NodeJS.Timeout | undefined;
  #ending: Ending | undefined;
  #bytesUp = 0;
  #bytesDown = 0;

  /** `seed` is the proxy's; what chance decides here depends on it and on `index` alone. */
  constructor(
    index: number,
    [client, server]: readonly [Socket, Socket],
    { up = {}, down = {}, idleKillMs }: ConnectionFaults,
    seed: number,
    hooks: ConnectionHooks,
  ) {
    this.index = index;
    this.#client = client;
    this.#server = server;
    this.#hooks = hooks;
    for (const socket of [client, server]) socket.setNoDelay(true);
    this.#up = new Direction(client, server, up, randomOf(seed, index, 0), this.#hooksOf('up'));
    this.#down = new Direction(server, client, down, randomOf(seed, index, 1), this.#hooksOf('down'));
    this.#watchIdle(idleKillMs);
    this.#watchEnd();
    this.#report('open');
  }

  /** Other faults from now on; bytes that have passed already count for `cutAtByte`. */
  change({ up = {}, down = {}, idleKillMs }: ConnectionFaults): void {
    this.#up.change(up);
    this.#down.change(down);
    this.#watchIdle(idleKillMs);
  }

  /** Ends it towards the client in this way, and towards the server with a close or reset; a blackhole is one both ways. */
  cut(how: Ending): void {
    if (how === 'blackhole') this.#up.blackhole();
    this.end('down', how, 'command');
  }

  destroy(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #hooksOf(way: Way): DirectionHooks {
    return {
      allow: (wanted) => this.#hooks.allow(way, wanted),
      onActivity: () => this.#idle?.refresh(),
      onPassed: (count) => {
        if (way === 'up') this.#bytesUp += count;
        else this.#bytesDown += count;
        this.#hooks.onPassed(way, count);
      },
      onCut: (how) => this.end(way, how, way),
    };
  }

  /** The receiver of `way` sees `how`; what its sender has to say interests nobody any more. */
  end(way: Way, how: Ending, by: NonNullable<ConnectionEvent['by']>): void {
    if (this.#ending === how) return;
    this.#ending = how;
    this.#report('cut', { how, by });
    const [from, to] = way === 'up' ? [this.#client, this.#server] : [this.#server, this.#client];
    const direction = way === 'up' ? this.#up : this.#down;
    if (how === 'blackhole') return direction.blackhole();
    this.#up.stop();
    this.#down.stop();
    if (how === 'rst') {
      const reset = (): void => [to, from].forEach((socket) => socket.resetAndDestroy());
      // A reader in this very process has its turn between the two, however late the timer is.
      setTimeout(() => setImmediate(reset), RESET_AFTER_MS);
    } else {
      to.end();
      from.destroy();
    }
  }

  #watchIdle(idleKillMs: number | undefined): void {
    clearTimeout(this.#idle);
    this.#idle = undefined;
    if (idleKillMs !== undefined) this.#idle = setTimeout(() => this.end('down', 'rst', 'idle'), idleKillMs);
  }

  #watchEnd(): void {
    let open = 2;
    for (const socket of [this.#client, this.#server]) {
      socket.on('close', () => {
        open -= 1;
        if (open > 0) return;
        clearTimeout(this.#idle);
        this.#report('close');
      });
    }
  }

  #report(type: ConnectionEvent['type'], more: Pick<ConnectionEvent, 'how' | 'by'> = {}): void {
    this.#hooks.onEvent({ type, index: this.index, bytesUp: this.#bytesUp, bytesDown: this.#bytesDown, ...more });
  }
}
