/**
 * Control: the package `ws` with permessage-deflate (RFC 7692), one message an event. Its argument:
 * - `takeover`: as `ws` does it when it is switched on: every message, with the context of those before it;
 * - `alone`: every message by itself, without context takeover;
 * - `threshold`: the same, but, as `ws` does it then by default, only messages from 1 024 bytes. Its `threshold` means
 *   nothing with context takeover.
 */
import type { AddressInfo } from 'node:net';

import { WebSocketServer } from 'ws';

import { announce, streamOf } from '../targets/feed.js';
import { play } from './answer.js';

const how = process.argv[2] as 'takeover' | 'alone' | 'threshold';
const noContext = { serverNoContextTakeover: true, clientNoContextTakeover: true };
const perMessageDeflate = { takeover: true, alone: { ...noContext, threshold: 0 }, threshold: noContext }[how];

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate }, () => {
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
