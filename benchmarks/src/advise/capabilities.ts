import type { Measured } from '../compare/modes.js';

/** What a mode can or cannot do, whatever is measured. */
export interface Fact {
  readonly has: boolean;
  /** A sentence. */
  readonly text: string;
  /** A section of a standard, or a page of ours. */
  readonly source: string;
}

/** Questions, as headings of a table. */
export const ABILITIES = {
  browserApi: 'native API',
  headers: 'own headers',
  binary: 'binary',
  bufferingProxies: 'buffering proxies',
  plainRequests: 'no upgrade',
  shortResponses: 'short responses',
  sixConnections: 'beyond six tabs',
  resumesByItself: 'resumes by itself',
  bothWays: 'both ways',
} as const;

export type Ability = keyof typeof ABILITIES;

const EVENT_SOURCE = 'WHATWG HTML, section 9.2 (server-sent events)';
const SOCKETS = 'WHATWG WebSockets, the WebSocket interface';
const FETCH = 'WHATWG Fetch, Body';
const FRAMES = 'RFC 6455, section 5.6';
const UPGRADE = 'RFC 9110, section 7.8';
const ONE_WAY = 'RFC 9110, section 3.4: a request, then its response';
const SIX = 'RFC 9112, section 9.4 leaves the number to clients; browsers allow 6 per host';

const yes = (text: string, source: string): Fact => ({ has: true, text, source });
const no = (text: string, source: string): Fact => ({ has: false, text, source });

/** What all modes of plain requests and whole JSON documents share. */
const DOCUMENTS = {
  browserApi: yes('fetch and response.json() are all a page needs', FETCH),
  headers: yes('fetch sends any header', FETCH),
  binary: no('the documents are JSON', 'docs/transports/polling.md'),
  bufferingProxies: yes('every answer is a whole document', 'docs/transports/polling.md'),
  plainRequests: yes('plain requests', 'RFC 9112'),
  resumesByItself: yes('every request stands alone, and asks for what is missing', 'docs/transports/polling.md'),
  bothWays: no('one request, one answer', ONE_WAY),
} as const;

/** Facts about each mode, which no measurement can tell. */
export const CAPABILITIES: Readonly<Record<Measured, Readonly<Record<Ability, Fact>>>> = {
  chunked: {
    browserApi: no('fetch gives bytes; splitting lines is the page’s work', FETCH),
    headers: yes('fetch sends any header', FETCH),
    binary: yes('a chunk is any bytes', 'RFC 9112, section 7.1'),
    bufferingProxies: no('a proxy that collects responses turns it into one heap', 'docs/transports/chunked.md'),
    plainRequests: yes('a plain request', 'RFC 9112'),
    shortResponses: no('the response takes as long as the answer', 'docs/transports/chunked.md'),
    sixConnections: no('each answer holds a connection', SIX),
    resumesByItself: no('HTTP knows nothing of lines: the client asks with its cursor', 'docs/transports/chunked.md'),
    bothWays: no('one request, one answer', ONE_WAY),
  },
  sse: {
    browserApi: yes('EventSource is part of every browser', EVENT_SOURCE),
    headers: yes('fetch sends any header; EventSource sends none', EVENT_SOURCE),
    binary: no('UTF-8 text only', EVENT_SOURCE),
    bufferingProxies: no('a proxy that collects responses turns it into one heap', 'docs/transports/sse.md'),
    plainRequests: yes('a plain request', 'RFC 9112'),
    shortResponses: no('the response takes as long as the answer', 'docs/transports/sse.md'),
    sixConnections: no('each answer holds a connection', SIX),
    resumesByItself: yes('browsers reconnect and send Last-Event-ID', EVENT_SOURCE),
    bothWays: no('one request, one answer', ONE_WAY),
  },
  websocket: {
    browserApi: yes('WebSocket is part of every browser', SOCKETS),
    headers: no('a page cannot add headers to the handshake', SOCKETS),
    binary: yes('it has binary messages', FRAMES),
    bufferingProxies: yes('after 101 there is no response to collect', UPGRADE),
    plainRequests: no('everything on the way has to pass the upgrade on', UPGRADE),
    shortResponses: no('the socket stays open as long as the answer', 'docs/transports/websocket.md'),
    sixConnections: yes('browsers count sockets apart, and allow far more', 'docs/transports/websocket.md'),
    resumesByItself: no('reconnecting and attaching are the client’s work', 'docs/transports/websocket.md'),
    bothWays: yes('both ends send whenever they like', 'RFC 6455, section 1.2'),
  },
  'long-poll': {
    ...DOCUMENTS,
    shortResponses: yes('a held request ends after its wait, 25 s at most', 'docs/transports/polling.md'),
    sixConnections: no('each held request takes a connection', SIX),
  },
  'short-poll': {
    ...DOCUMENTS,
    shortResponses: yes('answered at once', 'docs/transports/polling.md'),
    sixConnections: yes('no request is held', 'docs/transports/polling.md'),
  },
  batch: {
    ...DOCUMENTS,
    shortResponses: no('the response takes as long as the answer', 'docs/protocol.md'),
    sixConnections: no('each held request takes a connection', SIX),
  },
};
