/**
 * Hono on `@hono/node-server`: the streaming helpers `streamSSE` and `streamText`, each write awaited, as in its page
 * "Streaming Helper".
 */
import { announce, feed, HTTP_OPTIONS, streamOf } from '@tokenwire/benchmarks/feed';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE, streamText } from 'hono/streaming';

const app = new Hono();

app.get('/sse', (c) =>
  streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    for await (const texts of feed(streamOf(c.req.url), gone.signal)) {
      for (const text of texts) await stream.writeSSE({ data: JSON.stringify(text) });
    }
    // An event of its own tells the client to close, because an EventSource would reconnect after an end.
    await stream.writeSSE({ event: 'done', data: '' });
  }),
);

app.get('/text', (c) =>
  streamText(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    for await (const texts of feed(streamOf(c.req.url), gone.signal)) {
      for (const text of texts) await stream.write(text);
    }
  }),
);

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0, serverOptions: HTTP_OPTIONS }, ({ port }) => announce(port));
