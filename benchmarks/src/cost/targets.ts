import type { Load } from '../controls/answer.js';

/** A server that is measured, and how to open a stream on it. */
export interface Target {
  readonly name: string;
  /** Control: none of our code sends anything. */
  readonly control: boolean;
  /** Script, relative to `benchmarks/dist`. */
  readonly script: string;
  readonly args: (load: Load, streams: number) => readonly string[];
  /** What a stream says first, and what it says when the WebSocket is open. Latin-1. */
  readonly opening: (load: Load) => Opening;
}

export interface Opening {
  readonly hello: string;
  readonly afterUpgrade?: string;
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${KEY}`];

const own = (name: string) => ({
  control: false,
  script: `../../apps/server-${name}/dist/main.js`,
  args: (_: Load, streams: number) => ['--port', '0', '--drain-ms', '0', '--max-running', String(streams + 1)],
});
const control = (name: string) => ({
  control: true,
  script: `controls/${name}-server.js`,
  args: (load: Load) => [JSON.stringify(load)],
});

/** All targets; the first is what the others are divided by. */
export const TARGETS: readonly Target[] = [
  { name: 'net', ...control('net'), opening: () => ({ hello: '\n' }) },
  { name: 'node:http', ...control('http'), opening: () => ({ hello: head('GET /', []) }) },
  { name: 'ws', ...control('ws'), opening: () => ({ hello: head('GET /', UPGRADE) }) },
  { name: 'chunked', ...own('chunked'), opening: (load) => ({ hello: post('application/x-ndjson', load) }) },
  { name: 'sse', ...own('sse'), opening: (load) => ({ hello: post('text/event-stream', load) }) },
  {
    name: 'websocket',
    ...own('websocket'),
    opening: (load) => ({
      hello: head('GET /generations', [...UPGRADE, 'Sec-WebSocket-Protocol: tokenwire.v1']),
      afterUpgrade: textFrame(JSON.stringify({ type: 'generate', ref: 1, request: requestOf(load) })),
    }),
  },
];

function requestOf({ tokens, tokensPerSecond, ttftMs, seed }: Load): object {
  return { model: 'sim', prompt: 'Hello', maxTokens: tokens, seed, cadence: { ttftMs, tokensPerSecond, jitter: 0 } };
}

function post(accept: string, load: Load): string {
  const body = JSON.stringify(requestOf(load));
  const headers = ['Content-Type: application/json', `Accept: ${accept}`, `Content-Length: ${body.length}`];
  return head('POST /generations', headers) + body;
}

function head(request: string, headers: readonly string[]): string {
  return [`${request} HTTP/1.1`, 'Host: 127.0.0.1', ...headers, '', ''].join('\r\n');
}

/**
 * A client's text frame (RFC 6455, section 5.2) of 126 to 65 535 bytes. Clients have to mask; a key of zeros is a mask,
 * and leaves the text readable.
 */
function textFrame(text: string): string {
  if (text.length < 126 || text.length > 65_535) throw new Error('this frame needs another length field');
  const length = String.fromCharCode(text.length >> 8, text.length & 0xff);
  return `\x81\xfe${length}\0\0\0\0${text}`;
}
