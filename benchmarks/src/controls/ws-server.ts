/** Control: the package `ws`, one message an event, and nothing around it. */
import type { AddressInfo } from 'node:net';

import { WebSocketServer } from 'ws';

import { announce, play } from './answer.js';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
  announce((server.address() as AddressInfo).port);
});
server.on('connection', (socket) => {
  socket.on('error', () => {});
  play({
    write(events) {
      for (const event of events) socket.send(event);
    },
    end: () => socket.close(),
  });
});
