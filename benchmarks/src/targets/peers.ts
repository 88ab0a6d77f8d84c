import { feedEnv } from './controls.js';
import type { Target } from './target.js';

/** Servers and readers of the package in `benchmarks/peers`, which is installed on demand; as seen from `dist`. */
const SERVERS = '../peers/dist/servers';
const READERS = '../../peers/dist/readers';

interface Peer {
  readonly name: string;
  /** Packages of server and reader. */
  readonly needs: readonly string[];
  readonly server: string;
  readonly reader: string;
  readonly options?: Target['options'];
  readonly note: string;
}

const peer = ({ name, needs, server, reader, options = {}, note }: Peer): Target => ({
  name,
  kind: 'peer',
  needs,
  server: (setup) => ({ script: `${SERVERS}/${server}.js`, args: [], env: feedEnv(setup) }),
  moments: 'feed',
  driver: `${READERS}/${reader}`,
  options,
  note,
});

const HONO = ['hono', '@hono/node-server'];

/** What people would use instead: each as its documentation shows it, with its own envelope around the same tokens. */
export const PEERS: readonly Target[] = [
  peer({
    name: 'better-sse',
    needs: ['better-sse', 'eventsource'],
    server: 'better-sse',
    reader: 'event-source',
    options: { path: '/' },
    note: 'A random id for each event, as it does by default. Read with the package eventsource.',
  }),
  peer({
    name: 'Hono SSE',
    needs: [...HONO, 'eventsource'],
    server: 'hono',
    reader: 'event-source',
    options: { path: '/sse' },
    note: 'streamSSE, each write awaited. Events have no id. Read with the package eventsource.',
  }),
  peer({
    name: 'Hono text',
    needs: HONO,
    server: 'hono',
    reader: 'text',
    options: { path: '/text' },
    note: 'streamText: bare text, without events or an end of its own. Read with fetch; the reader knows the tokens, or could not tell them apart.',
  }),
  peer({
    name: 'Socket.IO',
    needs: ['socket.io', 'socket.io-client'],
    server: 'socket-io',
    reader: 'socket-io',
    options: { transport: 'websocket' },
    note: 'Its WebSocket transport from the start, where the default begins with polls. Backpressure is left to the application.',
  }),
  peer({
    name: 'Socket.IO polling',
    needs: ['socket.io', 'socket.io-client'],
    server: 'socket-io',
    reader: 'socket-io',
    options: { transport: 'polling' },
    note: 'Its long polling without going over to a WebSocket; not compressed, and over connections that are kept alive.',
  }),
  peer({
    name: 'AI SDK',
    needs: ['ai'],
    server: 'ai-sdk',
    reader: 'ai-sdk',
    note: 'UI message stream of ai@6, the newest that accepts Node 20, without streamText. Read with the transport of useChat, before its messages.',
  }),
  peer({
    name: 'TanStack AI',
    needs: ['@tanstack/ai', '@tanstack/ai-client', '@hono/node-server'],
    server: 'tanstack',
    reader: 'tanstack',
    note: 'toServerSentEventsResponse behind @hono/node-server, without a model adapter. Read with its connection adapter, before its chat state.',
  }),
];
