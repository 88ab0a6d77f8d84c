/**
 * better-sse on `node:http`: a session for each request, `push` for each token, as in its guide "Getting started".
 * Its defaults stay: a random id for each event, `retry:` first, a comment every ten seconds.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { announce, feed, HTTP_OPTIONS, streamOf } from '@tokenwire/benchmarks/feed';
import { createSession } from 'better-sse';

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const session = await createSession(req, res);
  const gone = new AbortController();
  session.once('disconnected', () => gone.abort());
  for await (const texts of feed(streamOf(req.url), gone.signal)) {
    for (const text of texts) session.push(text);
  }
  // An event of its own tells the client to close, because an EventSource would reconnect after an end.
  if (session.isConnected) session.push(null, 'done');
}

const server = createServer(HTTP_OPTIONS, (req, res) => void answer(req, res));
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
