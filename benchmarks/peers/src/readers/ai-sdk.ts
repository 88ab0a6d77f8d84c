/**
 * Reads with the transport of `useChat`, `DefaultChatTransport`: its chunks as they come, checked by its schema. What
 * `useChat` does with them afterwards, a copy of the whole message for each chunk, is left out.
 */
import type { Read } from '@tokenwire/benchmarks/driver';
import { DefaultChatTransport } from 'ai';

export const read: Read = async ({ url, stream, signal }, sink) => {
  const transport = new DefaultChatTransport({
    api: `${url}/?stream=${stream}`,
    fetch: async (...request) => {
      const response = await fetch(...request);
      sink.headers();
      return response;
    },
  });
  const chunks = await transport.sendMessages({
    trigger: 'submit-message',
    chatId: String(stream),
    messageId: undefined,
    messages: [{ id: 'question', role: 'user', parts: [{ type: 'text', text: 'Measure' }] }],
    abortSignal: signal,
  });
  let finished = false;
  for await (const chunk of chunks) {
    if (chunk.type === 'text-delta') sink.token(chunk.delta);
    else if (chunk.type === 'finish') finished = true;
  }
  if (!finished) throw new Error('the stream ended before the answer');
};
