/**
 * Control: a bare TCP socket. The least that Node can do to send tokens. A reader says `?stream=<n>` in its first packet
 * and gets one event a line.
 */
import { createServer, type AddressInfo } from 'node:net';

import { announce, streamOf } from '../targets/feed.js';
import { play } from './answer.js';
import { FRAMINGS } from './framing.js';

const { frame } = FRAMINGS.ndjson;

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {});
  socket.once('data', (hello) => {
    void play(streamOf(hello.toString('latin1')), socket, {
      write: (events, seq) => void socket.write(frame(events, seq)),
      end: () => void socket.end(),
    });
  });
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
