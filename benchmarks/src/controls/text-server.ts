/** Control: `node:http` with the bare text of the answer, one write a batch. What an envelope costs is above this. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { announce, feed, HTTP_OPTIONS, streamOf } from '../targets/feed.js';

const server = createServer(HTTP_OPTIONS, (req, res) => {
  req.resume();
  res.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
  res.flushHeaders();
  void (async () => {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    for await (const texts of feed(streamOf(req.url), gone.signal)) res.write(texts.join(''));
    res.end();
  })();
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
