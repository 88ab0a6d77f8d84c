/** Control: `node:http` with a chunked response, and nothing around it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { announce, play } from './answer.js';

const server = createServer({ noDelay: true }, (req, res) => {
  req.resume();
  res.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
  play({
    write: (events) => void (res.destroyed || res.write(`${events.join('\n')}\n`)),
    end: () => void res.end(),
  });
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
