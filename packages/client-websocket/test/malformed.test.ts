import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { HALF, type Listen, type Peer, type Script, malformedSuite } from '../../client-kit/test/support/malformed.js';
import { until } from '../../client-kit/test/support/read.js';
import { json, snapshot } from '../../client-kit/test/support/server.js';
import { streamWebSocket } from '../src/index.js';
import { accept, say, socketServer } from './support/server.js';

const wire = (socket: WebSocket): Duplex => (socket as unknown as { _socket: Duplex })._socket;

function peerOf(socket: WebSocket, ref: number, after: number): Peer {
  return {
    after,
    say: (event) => (typeof event === 'string' ? socket.send(event) : say(socket, { ref, event })),
    raw: (bytes) => void wire(socket).write(bytes),
    noise: () => say(socket, { type: 'ping' }),
    end: () => socket.close(1000),
  };
}

const listen: Listen = async (scripts) => {
  let count = 0;
  const next = (): Script | undefined => scripts[Math.min(count++, scripts.length - 1)];
  let script: Script | undefined;
  const server = await socketServer(
    (message, socket) => {
      if (message.type !== 'generate' && message.type !== 'attach') return;
      if (typeof script === 'function') script(peerOf(socket, message.ref, accept(message, socket)));
    },
    {
      handler: (_, res) => json(res, 200, snapshot(2, 'running')),
      // A client that fails a connection is left alone: then it sees code 1006, as in a browser.
      onOpen: (socket) => socket.on('close', () => wire(socket).destroy()),
    },
  );
  const [upgrade] = server.http.listeners('upgrade') as ((...args: unknown[]) => void)[];
  server.http.removeAllListeners('upgrade').on('upgrade', (req, socket: Duplex, head) => {
    script = next();
    if (typeof script === 'function') return upgrade?.(req, socket, head);
    const headers = Object.entries(script?.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.end(`HTTP/1.1 ${script?.status} X\r\n${headers.join('')}Content-Length: 0\r\n\r\n`);
  });
  return {
    url: server.url,
    get count() {
      return count;
    },
    idle: () => until(() => server.open.size === 0),
    close: () => server.close(),
  };
};

/** The platform ends the connection, and says no more than that it is lost. */
const broken = { events: HALF, code: 'connection_lost', connections: 4 } as const;
const bad = { events: HALF, code: 'bad_response', connections: 1 } as const;
const then =
  (wrong: (peer: Peer) => void): Script =>
  (peer) => {
    for (const event of HALF.slice(peer.after)) peer.say(event);
    wrong(peer);
  };
const frame = (...bytes: number[]): Script => then((peer) => peer.raw(Uint8Array.from(bytes)));

malformedSuite(
  'websocket',
  streamWebSocket,
  listen,
  [
    { what: 'a masked frame', scripts: [frame(0x81, 0x81, 1, 2, 3, 4, 5)], ...broken },
    { what: 'a frame of an unknown kind', scripts: [frame(0x83, 0x00)], ...broken },
    { what: 'reserved bits', scripts: [frame(0xf1, 0x00)], ...broken },
    { what: 'text that is not UTF-8', scripts: [frame(0x81, 0x02, 0xc3, 0x28)], ...broken },
    { what: 'a binary message', scripts: [frame(0x82, 0x02, 0x7b, 0x7d)], ...bad },
    { what: 'a message of null', scripts: [then((peer) => peer.say('null'))], ...bad },
  ],
  { WebSocket },
);
