/**
 * Socket.IO: an event for each token, as in its page "Emitting events". Both of its transports are open; the client
 * chooses. Its WebSockets are not compressed by default; compression of polls, which is, is switched off.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { announce, feed, HTTP_OPTIONS } from '@tokenwire/benchmarks/feed';
import { Server } from 'socket.io';

const server = createServer(HTTP_OPTIONS);
const io = new Server(server, { httpCompression: false, serveClient: false });

io.on('connection', async (socket) => {
  const gone = new AbortController();
  socket.once('disconnect', () => gone.abort());
  for await (const texts of feed(Number(socket.handshake.query['stream']), gone.signal)) {
    for (const text of texts) socket.emit('token', text);
  }
  socket.emit('done');
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
