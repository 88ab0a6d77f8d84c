/** Reads SSE whose `message` events hold a token as JSON, until the event `done`. Option `path`: where. */
import type { Read } from '@tokenwire/benchmarks/driver';
import { EventSource } from 'eventsource';

export const read: Read = ({ url, stream, options, signal }, sink) =>
  new Promise((resolve, reject) => {
    const source = new EventSource(`${url}${String(options['path'])}?stream=${stream}`);
    const fail = (error: unknown): void => {
      source.close();
      reject(error);
    };
    source.addEventListener('open', () => sink.headers());
    source.addEventListener('message', ({ data }) => sink.token(JSON.parse(data as string) as string));
    source.addEventListener('done', () => {
      source.close();
      resolve();
    });
    // It would reconnect, and get another answer.
    source.addEventListener('error', ({ message }) => fail(new Error(message ?? 'the connection was lost')));
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  });
