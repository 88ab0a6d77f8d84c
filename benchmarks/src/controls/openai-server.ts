/** Control: `node:http` with the answer as `chat.completion.chunk` events, as OpenAI-compatible servers stream it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { announce, feed, HTTP_OPTIONS, streamOf } from '../targets/feed.js';

/** What every chunk repeats. */
const HEAD = {
  id: 'chatcmpl-000000000000000000000000000',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'trace',
  service_tier: 'default',
  system_fingerprint: 'fp_0000000000',
};

interface Delta {
  readonly role?: 'assistant';
  readonly content?: string;
}

function chunk(delta: Delta, finish_reason: 'stop' | null = null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason }];
  return `data: ${JSON.stringify({ ...HEAD, choices })}\n\n`;
}

const server = createServer(HTTP_OPTIONS, (req, res) => {
  req.resume();
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  void (async () => {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    res.write(chunk({ role: 'assistant', content: '' }));
    for await (const texts of feed(streamOf(req.url), gone.signal)) {
      res.write(texts.map((content) => chunk({ content })).join(''));
    }
    res.write(`${chunk({}, 'stop')}data: [DONE]\n\n`);
    res.end();
  })();
});
server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
