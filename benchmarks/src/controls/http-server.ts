/** Control: `node:http` with a chunked response, and nothing around it. The framing is its argument: `ndjson` or `sse`. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { announce, HTTP_OPTIONS, streamOf } from '../targets/feed.js';
import { play } from './answer.js';
import { FRAMINGS, type FramingName } from './framing.js';

const { contentType, frame } = FRAMINGS[process.argv[2] as FramingName];

const server = createServer(HTTP_OPTIONS, (req, res) => {
  req.resume();
  res.writeHead(200, { 'Content-Type': contentType });
  void play(streamOf(req.url), res, {
    write: (events, seq) => void res.write(frame(events, seq)),
    end: () => void res.end(),
  });
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
