/**
 * A server that does nothing: what it sends was encoded before it began to listen, and leaves as fast as sockets take it.
 * What a reader gets from it is the ceiling of the reader.
 *
 * Arguments: `ndjson`, `sse` or `websocket`; events per write, default 1, each in a turn of the event loop of its own;
 * 0: the whole answer at once. Framed as our own servers do it, so that every reader of theirs can read it.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

import { WEBSOCKET_PROTOCOL } from '@tokenwire/protocol';
import { WebSocketServer } from 'ws';

import { announce, HTTP_OPTIONS, TEXTS } from '../targets/feed.js';
import { Encoder, ID } from './answer.js';
import { FRAMINGS } from './framing.js';

const mode = process.argv[2] as 'ndjson' | 'sse' | 'websocket';
const perWrite = Number(process.argv[3] ?? 1);
const frame =
  mode === 'websocket' ? messages : (events: string[], seq: number) => chunk(FRAMINGS[mode].frame(events, seq));

const encoder = new Encoder(TEXTS.length);
const events = [...encoder.begin(), ...encoder.tokens(TEXTS)];
const size = perWrite === 0 ? events.length : perWrite;
const writes = Array.from({ length: Math.ceil(events.length / size) }, (_, index) =>
  Buffer.from(frame(events.slice(index * size, (index + 1) * size), index * size + 1), 'latin1'),
);

const server = createServer(HTTP_OPTIONS, (req, res) => {
  req.resume();
  const contentType = mode === 'websocket' ? 'application/json' : FRAMINGS[mode].contentType;
  res.writeHead(200, { 'Content-Type': contentType, 'Tokenwire-Generation': ID });
  res.flushHeaders();
  // Past `res`, which would frame each write anew.
  if (mode !== 'websocket' && res.socket) void pour(res.socket).then(() => res.end());
});
const sockets = new WebSocketServer({
  server,
  perMessageDeflate: false,
  handleProtocols: (offered) => offered.has(WEBSOCKET_PROTOCOL) && WEBSOCKET_PROTOCOL,
});
sockets.on('connection', (socket, { socket: tcp }) => {
  socket.on('error', () => {});
  // Its one message is the request. Readers of ours call it 1.
  socket.once('message', () => {
    socket.send(JSON.stringify({ ref: 1, generation: ID, cursor: `${ID}.0` }));
    void pour(tcp);
  });
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));

async function pour(tcp: Duplex): Promise<void> {
  for (const bytes of writes) {
    if (!tcp.writable) return;
    await new Promise<void>((resolve) => void tcp.write(bytes, () => setImmediate(resolve)));
  }
}

/** One chunk (RFC 9112, section 7.1), as Latin-1 text of its UTF-8. */
function chunk(text: string): string {
  const utf8 = latin1(text);
  return `${utf8.length.toString(16)}\r\n${utf8}\r\n`;
}

/** One text frame an event (RFC 6455, section 5.2), as Latin-1 text of its bytes. */
function messages(texts: readonly string[]): string {
  return texts
    .map((event) => {
      const utf8 = latin1(`{"ref":1,"event":${event}}`);
      if (utf8.length > 65_535) throw new Error('a frame of this length is not needed here');
      const length = [utf8.length >> 8, utf8.length & 0xff];
      return String.fromCharCode(0x81, ...(utf8.length < 126 ? [utf8.length] : [126, ...length])) + utf8;
    })
    .join('');
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}
