import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { ErrorCode, StreamEvent } from '@tokenwire/protocol';
import { MAX_EVENT_LENGTH, type OpenStream, type StreamOptions } from '../../src/index.js';
import { ID, SHORT, START, STOP, log, text } from './answer.js';
import { QUICK, drain } from './read.js';
import { head, json, scripted, seqOf, snapshot } from './server.js';

/** What clients are told by servers that do not follow the protocol, and the one outcome of each: for all transports. */

export type Mode = 'chunked' | 'sse' | 'websocket' | 'polling';

/** The server's end of one connection, or of one poll. */
export interface Peer {
  /** Where the client wants to begin. */
  readonly after: number;
  /** One event in the transport's own frame, whatever it says; a string is sent as it is. */
  say(event: unknown): void;
  /** Bytes in between. For polling: inside of the page. */
  raw(bytes: string | Uint8Array): void;
  /** Heartbeats, or what comes nearest. */
  noise(): void;
  /** A clean end of the connection, at the end of which nothing is said about the answer. */
  end(): void;
}

/** What happens on one connection: something is said on it, or it is answered like this. */
export type Script =
  | ((peer: Peer) => void)
  | { readonly status: number; readonly headers?: object; readonly body?: string };

/** A server that does what is written. The last script is for all further connections. */
export interface MalformedServer {
  readonly url: string;
  /** Connections (polls) so far. */
  readonly count: number;
  /** Resolves when no connection is open that somebody reads. */
  idle(): Promise<unknown>;
  close(): Promise<void>;
}

export type Listen = (scripts: readonly Script[]) => Promise<MalformedServer>;

interface Row {
  readonly what: string;
  readonly scripts: readonly Script[];
  /** The error, where there is one; else the whole answer arrives. */
  readonly code?: ErrorCode;
  /** Events that are handed over. Default: the whole answer. */
  readonly events?: readonly StreamEvent[];
  /** Connections that it takes. */
  readonly connections: number;
}

const BUDGET = 3;
const whole = (peer: Peer): void => {
  for (const event of SHORT.slice(peer.after)) peer.say(event);
  peer.end();
};
/** The first two events, then what is wrong. */
const then =
  (wrong: (peer: Peer) => void, ends = true): Script =>
  (peer) => {
    for (const event of SHORT.slice(peer.after, 2)) peer.say(event);
    wrong(peer);
    if (ends) peer.end();
  };
const says = (...events: unknown[]): Script =>
  then((peer) => {
    for (const event of events) peer.say(event);
  });
export const HALF = SHORT.slice(0, 2);
const INVALID_UTF8 = Uint8Array.of(0xc3, 0x28, 0xff, 0xfe);

const row = (what: string, scripts: readonly Script[], rest: Omit<Row, 'what' | 'scripts'>): Row => ({
  what,
  scripts,
  ...rest,
});

/** Answers that are no stream at all. A browser does not tell a socket's client what the answer was. */
function answers(mode: Mode): Row[] {
  const html = { 'content-type': 'text/html' };
  const refused: [string, Script][] = [
    ['200 with a proxy’s page', { status: 200, headers: html, body: '<p>Please log in.</p>' }],
    ['200 without a type', { status: 200, body: 'x' }],
    ['206', { status: 206, headers: html }],
    ['304', { status: 304 }],
    ['a redirect', { status: 307, headers: { location: 'http://127.0.0.1:9/' } }],
  ];
  const final =
    mode === 'websocket'
      ? ({ code: 'connection_lost', connections: BUDGET } as const)
      : ({ code: 'bad_response', connections: 1 } as const);
  const retried: [string, string][] = ['-5', '1e9', 'soon', 'Thu, 01 Jan 1970 00:00:00 GMT'].map((value) => [
    value,
    value,
  ]);
  return [
    ...refused.map(([what, script]) => row(what, [script], { events: [], ...final })),
    mode === 'polling'
      ? { what: '204', scripts: [{ status: 204 }], events: [], code: 'bad_response', connections: 2 }
      : { what: '204', scripts: [{ status: 204 }], events: [], code: 'connection_lost', connections: BUDGET },
    { what: 'a gateway’s 502 page', scripts: [{ status: 502, headers: html, body: '<h1>' }, whole], connections: 2 },
    ...retried.map(([value]): Row => {
      const busy = { status: 503, headers: { 'retry-after': value } };
      return { what: `503 with Retry-After: ${value}`, scripts: [busy, whole], connections: 2 };
    }),
  ];
}

/** Things that are no event of this answer: refused in their turn, after what came before them. */
function nonsense(mode: Mode): Row[] {
  // One text that is not JSON spoils a whole page, which then looks like a page that was cut off.
  const torn = mode === 'polling' ? { events: [], connections: 2 } : { events: HALF, connections: 1 };
  const texts = ['not json', '[1', '{"seq":3,"type":"message_stop"'];
  const values: unknown[] = [
    null,
    3,
    [],
    { type: 'message_stop' },
    ...['3', 0, -3, 3.5, 2 ** 53, null].map((seq) => ({ seq, type: 'message_stop' })),
    { seq: 3 },
    { seq: 3, type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 7 } },
    { seq: 3, type: 'error', error: 'no' },
    { seq: 3, type: 'message_start', id: ID.replace('a', 'z'), model: 'x' },
  ];
  return [
    ...texts.map((line) => row(line, [says(line)], { code: 'bad_response', ...torn })),
    ...values.map((value): Row => {
      const what = `the event ${JSON.stringify(value)}`;
      return { what, scripts: [says(value)], events: HALF, code: 'bad_response', connections: 1 };
    }),
  ];
}

/** Seq that jumps, repeats, goes back; connections that end too early or too late. */
function order(): Row[] {
  const gap = says(SHORT[3], SHORT[4]);
  return [
    { what: 'seq that jumps once', scripts: [gap, whole], connections: 2 },
    { what: 'seq that jumps each time', scripts: [gap], events: HALF, code: 'bad_response', connections: 2 },
    { what: 'seq that repeats', scripts: [says(...SHORT.slice(0, 2), ...SHORT.slice(1))], connections: 1 },
    { what: 'seq that goes back', scripts: [says(SHORT[2], SHORT[0], SHORT[1], ...SHORT.slice(3))], connections: 1 },
    {
      what: 'events after the end',
      scripts: [says(...SHORT.slice(2), { seq: 6, type: 'x' }, SHORT[4])],
      connections: 1,
    },
  ];
}

/** An end that is none. A page without its end is followed by the next poll, which is no failure. */
function ends(mode: Mode): Row[] {
  if (mode === 'polling') {
    const stuck = (peer: Peer): void => {
      for (const event of SHORT.slice(0, 2)) peer.say(event);
      peer.end();
    };
    return [{ what: 'a cursor that does not advance', scripts: [stuck, stuck, stuck, stuck, whole], connections: 5 }];
  }
  return [
    { what: 'a clean end without the terminal event', scripts: [says(), whole], connections: 2 },
    {
      what: 'nothing but clean ends',
      scripts: [says()],
      events: HALF,
      code: 'connection_lost',
      connections: BUDGET + 1,
    },
    {
      what: 'connections that die before the first event',
      scripts: [(peer) => peer.end()],
      events: [],
      code: 'connection_lost',
      connections: BUDGET,
    },
  ];
}

const LARGE = log(START, text('x'.repeat(2_000_000)), STOP);

/** Too much of something. */
function amounts(mode: Mode): Row[] {
  const large: Script = (peer) => {
    for (const event of LARGE.slice(peer.after)) peer.say(event);
    peer.end();
  };
  const endless = then((peer) => {
    peer.raw(mode === 'sse' ? 'data: ' : '"');
    flood(peer);
  }, false);
  const beyond = { seq: 3, type: 'x', filler: 'x'.repeat(MAX_EVENT_LENGTH) };
  const flooded = then((peer) => {
    for (let i = 0; i < 10_000; i += 1) peer.noise();
    for (const event of SHORT.slice(2)) peer.say(event);
  });
  return [
    // A socket lets go of the log while that much waits for the application; this server does not wait for it.
    { what: 'an event of 2 MB', scripts: [large], events: LARGE, connections: mode === 'websocket' ? 2 : 1 },
    { what: 'a flood of heartbeats', scripts: [flooded], connections: 1 },
    ...(mode === 'polling'
      ? []
      : [
          {
            what: 'an event beyond 2 MiB',
            scripts: [says(beyond)],
            events: HALF,
            code: 'bad_response',
            connections: 1,
          } as const,
        ]),
    ...(mode === 'websocket'
      ? []
      : [
          {
            what: 'an event that does not end',
            scripts: [endless],
            events: mode === 'polling' ? [] : HALF,
            code: 'bad_response',
            connections: 1,
          } as const,
        ]),
  ];
}

/** Writes for as long as the client takes it. */
function flood(peer: Peer): void {
  const piece = 'x'.repeat(65_536);
  const more = setInterval(() => {
    try {
      for (let i = 0; i < 16; i += 1) peer.raw(piece);
    } catch {
      clearInterval(more);
    }
  }, 1);
}

function bytes(mode: Mode): Row[] {
  if (mode === 'websocket') return [];
  // Alone: what arrives in one piece with the damage is dropped with it, and asked for again.
  const damaged: Script = (peer) => {
    peer.raw(INVALID_UTF8);
    peer.end();
  };
  return [
    { what: 'bytes that are not UTF-8, once', scripts: [damaged, whole], connections: 2 },
    {
      what: 'bytes that are not UTF-8, each time',
      scripts: [damaged],
      events: [],
      code: 'bad_response',
      connections: 2,
    },
  ];
}

/** Each connection (poll) brings one event; of polls, every second one is answered with half a page. */
function thousandCuts(mode: Mode, events: readonly StreamEvent[]): Script {
  let count = 0;
  return (peer) => {
    count += 1;
    if (mode === 'polling' && count % 2 === 0) peer.raw('"');
    else peer.say(events[peer.after]);
    peer.end();
  };
}

/** Runs the table against a client. `more` are rows that only its transport has. */
export function malformedSuite(
  mode: Mode,
  open: OpenStream,
  listen: Listen,
  more: readonly Row[] = [],
  options: Partial<StreamOptions> = {},
): void {
  const servers: MalformedServer[] = [];
  afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));

  describe('a server that answers nonsense', () => {
    const rows = [answers, nonsense, order, ends, amounts, bytes].flatMap((part) => part(mode));
    test.each([...rows, ...more])(
      '$what: $code',
      { timeout: 20_000 },
      async ({ scripts, code, events = SHORT, connections }) => {
        const server = await listen(scripts);
        servers.push(server);
        const retry = { maxAttempts: BUDGET, baseMs: 1, capMs: 2 };
        const stream = open({ url: server.url, request: { prompt: 'x' }, ...QUICK, retry, ...options });
        const outcome = await drain(stream);
        expect(outcome.error).toEqual(
          code === undefined ? undefined : expect.objectContaining({ name: 'TokenwireError', code }),
        );
        expect(outcome.events).toEqual(events);
        const partialText = stream.textSoFar;
        if (code !== undefined) expect(outcome.error).toMatchObject({ partialText, cursor: stream.cursor });
        expect(stream).toMatchObject({
          status: code === undefined ? 'completed' : 'failed',
          partial: code !== undefined,
        });
        expect(server.count, 'connections').toBe(connections);
        await server.idle();
      },
    );
  });

  test('an answer in a thousand pieces, each on a connection of its own, is exact', { timeout: 120_000 }, async () => {
    const events = log(START, ...Array.from({ length: 998 }, (_, i) => text(`${i} `)), STOP);
    const server = await listen([thousandCuts(mode, events)]);
    servers.push(server);
    const stream = open({ url: server.url, request: { prompt: 'x' }, ...QUICK, ...options });
    expect(await drain(stream)).toEqual({ events, error: undefined });
    expect(server.count).toBe(mode === 'polling' ? 1_999 : 1_000);
    await server.idle();
  });
}

/** The same over HTTP. */
export function listenHttp(mode: Exclude<Mode, 'websocket'>): Listen {
  return async (scripts) => {
    let count = 0;
    const server = await scripted((seen, res) => {
      if (seen.method === 'GET' && !seen.path.endsWith('/events')) return json(res, 200, snapshot(2, 'running'));
      if (mode === 'polling' && seen.method === 'POST') return json(res, 201, { id: ID, cursor: `${ID}.0` });
      const script = scripts[Math.min(count, scripts.length - 1)];
      count += 1;
      if (typeof script === 'function') script(peerOf(mode, res, seqOf(seen)));
      else res.writeHead(script?.status ?? 500, { ...script?.headers }).end(script?.body);
    });
    return {
      url: server.url,
      get count() {
        return count;
      },
      idle: () => Promise.all(server.seen.map(({ over }) => over)),
      close: () => server.close(),
    };
  };
}

function peerOf(mode: Exclude<Mode, 'websocket'>, res: ServerResponse, after: number): Peer {
  const raw = (bytes: string | Uint8Array): void => {
    if (res.destroyed) throw new Error('The client has left.');
    res.write(bytes);
  };
  const asText = (event: unknown): string => (typeof event === 'string' ? event : JSON.stringify(event));
  if (mode === 'polling') {
    res.writeHead(200, { 'content-type': 'application/json' });
    raw('{"events":[');
    let first = true;
    const say = (event: unknown): void => {
      raw((first ? '' : ',') + asText(event));
      first = false;
    };
    return {
      after,
      say,
      raw,
      noise: () => raw(' '),
      end: () => void res.end(`],"cursor":"${ID}.${after}","done":false}`),
    };
  }
  head(res, mode);
  const say = (event: unknown): void => raw(mode === 'sse' ? `data: ${asText(event)}\n\n` : `${asText(event)}\n`);
  return { after, say, raw, noise: () => raw(mode === 'sse' ? ':\n' : '\n'), end: () => void res.end() };
}
