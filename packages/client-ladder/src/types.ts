import type { BufferingOptions, StreamOptions, TokenStream } from '@tokenwire/client-kit';
import type { LadderTransport } from './rungs.js';

/**
 * Why a transport was left:
 *
 * - `unavailable`: this runtime has no `WebSocket`, and none was passed.
 * - `handshake`: two connections in a row were not accepted, or ended before they were, though the next transport's
 *   server can be reached.
 * - `refused`: the server does not offer it here (405, 406, 426), or the WebSocket needs a `ticket` and has none.
 * - `bad_response`: something else answered, for example a proxy's page with status 200.
 * - `dies`: three connections in a row were accepted and ended before their first event.
 * - `buffered`: something on the way holds the events back.
 */
export type StepReason = 'unavailable' | 'handshake' | 'refused' | 'bad_response' | 'dies' | 'buffered';

/** One step down. */
export interface LadderStep {
  readonly from: LadderTransport;
  readonly to: LadderTransport;
  readonly reason: StepReason;
  /** For people: what was seen. */
  readonly detail: string;
}

/** What worked last. Share one among the streams of a page, or keep it longer yourself: it is plain data. */
export interface LadderMemory {
  transport?: LadderTransport | undefined;
}

export interface LadderOptions extends Omit<StreamOptions, 'url' | 'waitSeconds'> {
  /** One server with all transports, or one address per transport of servers that share a log. */
  readonly url: string | URL | Partial<Record<LadderTransport, string | URL>>;
  /** Which transports, from the top. Default: all four, or those with an address. */
  readonly transports?: readonly LadderTransport[] | undefined;
  /** Read when the stream opens, to begin where the last one got to; written when a transport brings its first event. */
  readonly memory?: LadderMemory | undefined;
  /** When a silent connection counts as buffered. */
  readonly buffering?: Omit<BufferingOptions, 'onBuffered'> | undefined;
  /** Called with each step down. */
  readonly onStep?: ((step: LadderStep) => void) | undefined;
}

/** A stream that knows what it is read over. */
export interface LadderStream extends TokenStream {
  readonly transport: LadderTransport;
  /** The steps so far. */
  readonly steps: readonly LadderStep[];
}
