import type { OpenStream, StreamOptions, StreamStatus, TokenStream } from '@tokenwire/client-kit';
import { type StreamEvent, TokenwireError, formatCursor, isTerminal, parseCursor } from '@tokenwire/protocol';
import { ID } from '../../../client-kit/test/support/answer.js';

/** What a fake stream was opened with, and the server's end of it. */
export interface Opened {
  readonly options: StreamOptions;
  readonly stream: TokenStream;
  /** The server tells the id. */
  accept(id?: string): void;
  /** Events arrive. */
  say(...events: readonly StreamEvent[]): void;
  /** Reading fails. */
  fail(error: unknown): void;
  setStatus(status: StreamStatus): void;
  stops: number;
  detached: boolean;
}

export interface Fake {
  readonly open: OpenStream;
  readonly opened: Opened[];
  readonly last: Opened;
}

/** Everything that was said has arrived: no microtask is left. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** A transport without a network: keeps what it was opened with, and does what the test says. */
export function fakeTransport(): Fake {
  const opened: Opened[] = [];
  return {
    opened,
    get last() {
      const last = opened.at(-1);
      if (!last) throw new Error('Nothing was opened.');
      return last;
    },
    open(options) {
      const one = fakeStream(options);
      opened.push(one);
      return one.stream;
    },
  };
}

function fakeStream(options: StreamOptions): Opened {
  const start = options.after === undefined ? undefined : parseCursor(options.after);
  let [id, seq, status] = [start?.id, start?.seq ?? 0, 'idle' as StreamStatus];
  const queue: StreamEvent[] = [];
  let failure: unknown;
  let wake = (): void => undefined;

  const setStatus = (next: StreamStatus): void => {
    if (status === next) return;
    status = next;
    try {
      options.onStatus?.(next);
    } catch (error) {
      // As a client does: it reaches whoever reads.
      failure = error;
      wake();
    }
  };
  async function* read(): AsyncGenerator<StreamEvent, void, undefined> {
    setStatus('connecting');
    for (;;) {
      const event = queue.shift();
      if (event) {
        if (event.type === 'message_start') id = event.id;
        seq = event.seq;
        if (isTerminal(event)) setStatus(endOf(event));
        yield event;
        if (event.type === 'error') throw new TokenwireError('upstream_error', event.error.message);
        if (isTerminal(event)) return;
      } else if (failure !== undefined) {
        throw failure;
      } else {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    }
  }
  const one: Opened = {
    options,
    stops: 0,
    detached: false,
    setStatus,
    accept(known = ID) {
      id = known;
      setStatus('streaming');
    },
    say(...events) {
      queue.push(...events);
      wake();
    },
    fail(error) {
      failure = error;
      setStatus('failed');
      wake();
    },
    stream: {
      get cursor() {
        return id === undefined ? undefined : formatCursor(id, seq);
      },
      get id() {
        return id;
      },
      get status() {
        return status;
      },
      textSoFar: '',
      partial: false,
      reconnects: 0,
      requests: 1,
      text: () => Promise.reject(new Error('not used')),
      stop() {
        one.stops += 1;
        const lastSeq = seq;
        return Promise.resolve({
          id: id ?? '',
          status: 'cancelled',
          alreadyDone: false,
          lastSeq,
          upstreamClosedMs: 0,
          tokensAfterStop: 0,
        });
      },
      detach() {
        one.detached = true;
        if (!['completed', 'cancelled', 'failed'].includes(status)) setStatus('detached');
        failure ??= new TokenwireError('aborted', 'The stream was detached.');
        wake();
      },
      [Symbol.asyncIterator]: read,
    },
  };
  return one;
}

function endOf(event: StreamEvent): StreamStatus {
  return event.type === 'error' ? 'failed' : event.type === 'cancelled' ? 'cancelled' : 'completed';
}
