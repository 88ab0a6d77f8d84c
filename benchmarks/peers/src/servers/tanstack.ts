/**
 * TanStack AI: an async iterable of its AG-UI events made into a `Response` by `toServerSentEventsResponse`, as in its
 * page "SSE protocol". The model is ours, so the events come from no adapter. `@hono/node-server` brings the `Response`
 * to `node:http`, which TanStack AI leaves to a framework.
 */
import { announce, feed, HTTP_OPTIONS, streamOf } from '@tokenwire/benchmarks/feed';
import { serve } from '@hono/node-server';
import { EventType, toServerSentEventsResponse, type StreamChunk } from '@tanstack/ai';

async function* answer(stream: number, signal: AbortSignal): AsyncGenerator<StreamChunk> {
  const run = { threadId: 'thread', runId: String(stream) };
  const messageId = 'message';
  yield { type: EventType.RUN_STARTED, ...run, timestamp: Date.now() };
  yield { type: EventType.TEXT_MESSAGE_START, messageId, role: 'assistant', timestamp: Date.now() };
  for await (const texts of feed(stream, signal)) {
    for (const delta of texts) yield { type: EventType.TEXT_MESSAGE_CONTENT, messageId, delta, timestamp: Date.now() };
  }
  yield { type: EventType.TEXT_MESSAGE_END, messageId, timestamp: Date.now() };
  yield { type: EventType.RUN_FINISHED, ...run, finishReason: 'stop', timestamp: Date.now() };
}

async function respond(request: Request): Promise<Response> {
  await request.json();
  const abortController = new AbortController();
  return toServerSentEventsResponse(answer(streamOf(request.url), abortController.signal), { abortController });
}

serve({ fetch: respond, hostname: '127.0.0.1', port: 0, serverOptions: HTTP_OPTIONS }, ({ port }) => announce(port));
