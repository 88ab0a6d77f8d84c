/** Lean reader of `chat.completion.chunk` events: what an application gets out of them, and no more. See `LeanHttpOptions`. */
import type { Read } from './driver.js';
import { Splitter } from './event-reader.js';
import { readBody } from './lean-http.js';

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
}

const DATA = 'data: ';
const DONE = '[DONE]';

export const read: Read = (call, sink) => {
  let done = false;
  const blocks = new Splitter('\n\n', (block) => {
    const data = block.slice(DATA.length);
    done = data === DONE;
    const content = done ? undefined : (JSON.parse(data) as Chunk).choices[0]?.delta.content;
    // The first one tells the role, the last one why it ended: both without text.
    if (content) sink.token(content);
  });
  return readBody(call, sink, {
    accept: 'text/event-stream',
    hear(piece) {
      blocks.hear(piece);
      return done;
    },
  });
};
