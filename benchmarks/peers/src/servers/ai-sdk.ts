/**
 * AI SDK on `node:http`: `createUIMessageStream` piped with `pipeUIMessageStreamToResponse`, as in its recipe "Node.js
 * HTTP Server", part "Sending Custom Data". Without `streamText`, because the model is ours.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { announce, feed, HTTP_OPTIONS, streamOf } from '@tokenwire/benchmarks/feed';
import { createUIMessageStream, pipeUIMessageStreamToResponse } from 'ai';

const server = createServer(HTTP_OPTIONS, (req, res) => {
  req.resume();
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  const stream = createUIMessageStream({
    async execute({ writer }) {
      writer.write({ type: 'start' });
      writer.write({ type: 'text-start', id: '0' });
      for await (const texts of feed(streamOf(req.url), gone.signal)) {
        for (const delta of texts) writer.write({ type: 'text-delta', id: '0', delta });
      }
      writer.write({ type: 'text-end', id: '0' });
      writer.write({ type: 'finish' });
    },
  });
  // It fails when the reader leaves in mid-stream.
  pipeUIMessageStreamToResponse({ response: res, stream }).catch(() => res.destroy());
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
