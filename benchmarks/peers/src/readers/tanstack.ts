/** Reads with TanStack AI's connection adapter `fetchServerSentEvents`: its chunks as they come, before any chat state. */
import { EventType } from '@tanstack/ai';
import { fetchServerSentEvents } from '@tanstack/ai-client';
import type { Read } from '@tokenwire/benchmarks/driver';

export const read: Read = async ({ url, stream, signal }, sink) => {
  const connection = fetchServerSentEvents(`${url}/?stream=${stream}`, {
    fetchClient: async (...request) => {
      const response = await fetch(...request);
      sink.headers();
      return response;
    },
  });
  const run = { threadId: 'thread', runId: String(stream) };
  let finished = false;
  for await (const chunk of connection.connect([{ role: 'user', content: 'Measure' }], undefined, signal, run)) {
    if (chunk.type === EventType.TEXT_MESSAGE_CONTENT) sink.token(chunk.delta);
    else if (chunk.type === EventType.RUN_FINISHED) finished = true;
  }
  if (!finished) throw new Error('the stream ended before the answer');
};
