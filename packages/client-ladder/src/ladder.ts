import {
  type Attempt,
  type BufferingReport,
  type Connect,
  Reconnect,
  derive,
  openStream,
  watchBuffering,
} from '@tokenwire/client-kit';
import { TokenwireError } from '@tokenwire/protocol';
import { LADDER, type LadderTransport, connectOver } from './rungs.js';
import type { LadderOptions, LadderStep, LadderStream, StepReason } from './types.js';
import { verdictOn } from './verdict.js';

/** Connections in a row that were not accepted. One may be an accident. */
const MAX_UNACCEPTED = 2;
/** Connections in a row that were accepted and brought nothing. */
const MAX_DEATHS = 3;

/**
 * Reads an answer over the best transport that works: websocket, else sse, else chunked, else long-poll.
 *
 * It is one stream: the cursor, the idempotency key and the budget of attempts go along from transport to transport, so
 * nothing is lost, doubled or started twice. It only steps down, at once, and says why.
 * @throws {TokenwireError} `invalid_request` or `invalid_cursor` for options that cannot work.
 */
export function streamLadder(options: LadderOptions): LadderStream {
  const ladder = new Ladder(options);
  const stream = openStream({ ...options, url: ladder.url }, ladder.connect);
  return Object.defineProperties(stream as LadderStream, {
    transport: { get: () => ladder.transport },
    steps: { get: () => ladder.steps },
  });
}

/** Where a stream stands, and what speaks against staying there. */
class Ladder {
  readonly steps: LadderStep[] = [];
  readonly #options: LadderOptions;
  readonly #transports: readonly LadderTransport[];
  #index: number;
  /** Of the transport in use; one for all its connections, because polling keeps its pace across them. */
  #connect: Connect | undefined;
  #unaccepted = 0;
  #deaths = 0;
  /** What the last of those ended with. */
  #detail = '';

  constructor(options: LadderOptions) {
    const { url, memory, transports = LADDER } = options;
    this.#options = options;
    this.#transports = transports.filter((one) => addressOf(url, one) !== undefined);
    this.#index = Math.max(0, memory?.transport ? this.#transports.indexOf(memory.transport) : 0);
  }

  /** @throws {TokenwireError} `invalid_request` if there is none. */
  get transport(): LadderTransport {
    return this.#at(this.#index);
  }

  get url(): string | URL {
    return addressOf(this.#options.url, this.transport) ?? '';
  }

  /** One connection over the transport in use. */
  readonly connect: Connect = (attempt) => this.#run(attempt);

  async *#run(attempt: Attempt): AsyncGenerator<readonly unknown[], void, undefined> {
    const connect = await this.#choose(attempt);
    let accepted = false;
    let brought = false;
    const seen = derive(attempt, {
      started: (id) => {
        accepted = true;
        attempt.started(id);
      },
    });
    try {
      for await (const batch of connect(seen)) {
        if (!brought) this.#works();
        brought = true;
        yield batch;
      }
      if (!brought) this.#blame(attempt, accepted, undefined);
    } catch (error) {
      if (!brought && !(error instanceof Reconnect)) this.#blame(attempt, accepted, error);
      throw error;
    }
  }

  /** Steps down if there have been too many failures, and gives the transport to use. */
  async #choose(attempt: Attempt): Promise<Connect> {
    if (this.#deaths >= MAX_DEATHS) this.#step(attempt, 'dies', this.#detail);
    else if (this.#unaccepted >= MAX_UNACCEPTED && (await this.#isNextReachable(attempt))) {
      this.#step(attempt, 'handshake', this.#detail);
    }
    while (this.#connect === undefined) {
      try {
        this.#connect = this.#watched(attempt, connectOver(this.transport, this.#options));
      } catch (error) {
        if (!this.#step(attempt, 'unavailable', String(error))) throw error;
      }
    }
    attempt.moveTo(this.url);
    return this.#connect;
  }

  /** When the whole server is away, no other transport would do better. */
  async #isNextReachable(attempt: Attempt): Promise<boolean> {
    const next = this.#transports[this.#index + 1];
    if (next === undefined) return false;
    attempt.moveTo(addressOf(this.#options.url, next) ?? '');
    try {
      const { status, body } = await attempt.fetch('/readyz', { headers: {} });
      body?.cancel().catch(() => undefined);
      return status < 500;
    } catch {
      return false;
    }
  }

  /** A poll is one answer: there is nothing to hold back. */
  #watched(attempt: Attempt, connect: Connect): Connect {
    if (this.transport === 'long-poll') return connect;
    const onBuffered = ({ behind, silentMs, accepted }: BufferingReport): Error | undefined => {
      const reason = this.transport === 'websocket' && !accepted ? 'handshake' : 'buffered';
      const detail = `${behind} events were in the log, and no byte came for ${Math.round(silentMs)} ms.`;
      return this.#step(attempt, reason, detail) ? new Reconnect(detail) : undefined;
    };
    return watchBuffering({ ...this.#options.buffering, onBuffered })(connect);
  }

  #works(): void {
    this.#unaccepted = 0;
    this.#deaths = 0;
    if (this.#options.memory) this.#options.memory.transport = this.transport;
  }

  /**
   * Takes note of a connection that brought nothing.
   * @throws {Reconnect} if another transport is to be tried at once.
   */
  #blame(attempt: Attempt, accepted: boolean, error: unknown): void {
    const anonymous = this.transport === 'websocket' && this.#options.ticket === undefined;
    const verdict = verdictOn(accepted, error, anonymous);
    this.#detail = error instanceof Error ? error.message : 'The connection ended before the first event.';
    if (verdict === 'dies') this.#deaths += 1;
    else if (verdict === 'handshake') this.#unaccepted += 1;
    else if (verdict && this.#step(attempt, verdict, this.#detail)) throw new Reconnect(this.#detail);
  }

  /** @returns false on the last rung. */
  #step(attempt: Attempt, reason: StepReason, detail: string): boolean {
    if (this.#index + 1 >= this.#transports.length) return false;
    const step = { from: this.transport, to: this.#at(this.#index + 1), reason, detail };
    this.#index += 1;
    this.#connect = undefined;
    this.#unaccepted = 0;
    this.#deaths = 0;
    this.steps.push(step);
    attempt.call(() => this.#options.onStep?.(step));
    return true;
  }

  #at(index: number): LadderTransport {
    const transport = this.#transports[index];
    if (transport) return transport;
    throw new TokenwireError('invalid_request', 'Give the ladder at least one transport, and its `url`.');
  }
}

function addressOf(url: LadderOptions['url'], transport: LadderTransport): string | URL | undefined {
  return typeof url === 'string' || url instanceof URL ? url : url[transport];
}
