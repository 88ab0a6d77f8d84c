/** Control: the package `ws`, one message an event, and nothing around it. */
import type { AddressInfo } from 'node:net';

import { WebSocketServer } from 'ws';

import { announce, streamOf } from '../targets/feed.js';
import { play } from './answer.js';

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false }, () => {
  announce((server.address() as AddressInfo).port);
});
server.on('connection', (socket, req) => {
  socket.on('error', () => {});
  void play(streamOf(req.url), socket, {
    write(events) {
      for (const event of events) socket.send(event);
    },
    end: () => socket.close(),
  });
});
