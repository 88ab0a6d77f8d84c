import { CONTROLS } from '../targets/controls.js';
import type { ServerProgram, ServerSetup } from '../targets/target.js';

/** The load, as the benchmark's options say it. */
export interface Load {
  readonly tokens: number;
  readonly tokensPerSecond: number;
  /** Time to first token in milliseconds. */
  readonly ttftMs: number;
  readonly seed: number;
}

/** A server that is measured, and how to open a stream on it. */
export interface Target {
  readonly name: string;
  readonly server: (setup: ServerSetup) => ServerProgram;
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
  server: ({ streams }: ServerSetup): ServerProgram => ({
    script: `../../apps/server-${name}/dist/main.js`,
    args: ['--port', '0', '--drain-ms', '0', '--max-running', String(streams + 1)],
  }),
});
const control = (name: string, opening: Target['opening']): Target[] =>
  CONTROLS.filter((target) => target.name === name).map(({ server }) => ({ name, server, opening }));

/** All targets; the first is what the others are divided by. */
export const TARGETS: readonly Target[] = [
  ...control('net', () => ({ hello: '?\n' })),
  ...control('node:http', () => ({ hello: head('GET /', []) })),
  ...control('ws', () => ({ hello: head('GET /', UPGRADE) })),
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
