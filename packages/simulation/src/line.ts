import { errorFromBody, type TokenwireError } from '@tokenwire/protocol';

import type { Chance } from './chance.js';
import { Connection, broken } from './connection.js';
import type { Cut, ReaderPlan } from './plan.js';
import { handle, type Reply, type Request } from './server.js';
import type { World } from './world.js';

/** A reader's way to the server: makes its connections, and lets them break. */
export class ReaderLine {
  /** Connections broken or refused since the last new event: what a client may give up for. */
  faults = 0;
  /** All of them. */
  total = 0;
  readonly #world: World;
  readonly #plan: ReaderPlan;
  readonly #chance: Chance;
  readonly #connections = new Set<Connection>();
  #outageUntilMs = 0;
  #count = 0;

  constructor(world: World, plan: ReaderPlan) {
    this.#world = world;
    this.#plan = plan;
    this.#chance = world.chance.fork(plan.id);
  }

  /** Opens a connection for one request. Close it. */
  connect(request: Request): Connection {
    const { id, line } = this.#plan;
    const chance = this.#chance.fork((this.#count += 1));
    const connection = new Connection({
      clock: this.#world.clock,
      chance,
      line,
      onOverflow: (bytes) =>
        this.#world.verdict.broken('memory', `written to a buffer of ${bytes} bytes that was full`),
      onDropped: () => this.#countFault('dropped: takes nothing'),
      onGone: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
    this.#world.watch(connection.closed, `a connection of ${id}: ${request.route}`);
    this.#world.verdict.note(id, `→ ${describe(request)}`);
    this.#planFault(connection, chance);
    if (this.#world.clock.now() < this.#outageUntilMs) {
      this.#countFault('refused');
      connection.cut('reset');
    }
    const name = `${request.route} of ${id}`;
    connection.request(() => void this.#world.track(name, handle(this.#world, connection, request)));
    return connection;
  }

  /** A request with one answer. @throws {TokenwireError} the server's; an Error when the connection broke. */
  async ask(request: Request, signal: AbortSignal): Promise<string> {
    const connection = this.connect(request);
    const close = (): void => connection.close();
    signal.addEventListener('abort', close, { once: true });
    if (signal.aborted) close();
    try {
      for (;;) {
        const parcels = await connection.receive();
        if (parcels === undefined) throw broken();
        const reply = parcels[0]?.body as Reply;
        if (reply.type === 'error') throw this.refusal(reply.error);
        if (reply.type === 'document') return reply.json;
      }
    } finally {
      signal.removeEventListener('abort', close);
      connection.close();
    }
  }

  /** Counts a refusal, and gives the error as it comes out at the other end of a wire. */
  refusal(error: TokenwireError): TokenwireError {
    this.#countFault(`refused with ${error.code}`);
    if (error.code === 'cursor_expired') this.#world.tally.expiries += 1;
    return errorFromBody(error.toBody(), 'internal', error.details.retryAfterMs);
  }

  /** Breaks whatever is open. */
  cut(how: Cut): void {
    for (const connection of this.#connections) {
      this.#countFault(`cut: ${how}`);
      connection.cut(how);
    }
  }

  /** Refuses new connections for a while, and breaks the open ones. */
  outage(forMs: number): void {
    this.#outageUntilMs = this.#world.clock.now() + forMs;
    this.cut('reset');
  }

  #planFault(connection: Connection, chance: Chance): void {
    if (!chance.is(this.#world.plan.disorder.faults)) return;
    const how = chance.weighted<Cut>({ end: 3, reset: 3, blackhole: 1 });
    // Mostly within the first events, sometimes before anything has come.
    connection.plan(how, chance.pick([0, 1, 300, 5_000]) * chance.next());
    this.#countFault(`will break: ${how}`);
  }

  #countFault(what: string): void {
    this.faults += 1;
    this.total += 1;
    this.#world.tally.faults += 1;
    this.#world.verdict.note(this.#plan.id, what);
  }
}

function describe(request: Request): string {
  if (request.route === 'start') return `start ${request.answer.id}`;
  return `${request.route} ${'cursor' in request ? request.cursor : request.id}`;
}
