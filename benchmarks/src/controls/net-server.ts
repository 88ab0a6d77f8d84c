/** Control: a bare TCP socket. The least that Node can do to send tokens. Speaks as soon as somebody connects. */
import { createServer, type AddressInfo } from 'node:net';

import { announce, play } from './answer.js';

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {}).resume();
  play({
    write: (events) => void (socket.writable && socket.write(`${events.join('\n')}\n`)),
    end: () => void socket.end(),
  });
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
