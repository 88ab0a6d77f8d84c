/**
 * Reads a body of bare text with `fetch`. Nothing in it says where a token ends, so it is told which to wait for. Option
 * `path`: where.
 */
import type { Read } from '@tokenwire/benchmarks/driver';

export const read: Read = async ({ url, stream, texts, options, signal }, sink) => {
  const response = await fetch(`${url}${String(options['path'])}?stream=${stream}`, { signal });
  sink.headers();
  if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
  let rest = '';
  let count = 0;
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    rest += text;
    for (let token = texts[count]; token !== undefined && rest.startsWith(token); token = texts[count]) {
      sink.token(token);
      rest = rest.slice(token.length);
      count += 1;
    }
  }
  // Another text, for whoever counts the tokens.
  if (rest !== '') sink.token(rest);
};
