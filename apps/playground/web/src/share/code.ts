import { type Mode, transportOf } from '@tokenwire/protocol';
import type { Subject } from './subject.js';
import { visibleJson } from './visible-json.js';

const OPEN: Record<Mode, string> = {
  chunked: 'streamChunked',
  sse: 'streamSse',
  websocket: 'streamWebSocket',
  'long-poll': 'streamLongPoll',
  'short-poll': 'streamShortPoll',
};

/** A module, TypeScript and JavaScript alike, that does with the client's package what the pane does. */
export function codeOf({ mode, url, from }: Subject): string {
  const [key, value] = 'after' in from ? ['after', from.after] : ['request', from.request];
  return `import { ${OPEN[mode]} } from '@tokenwire/client-${transportOf[mode]}';

const stream = ${OPEN[mode]}({
  url: ${literal(url)},
  ${key}: ${literal(value)},
});

for await (const event of stream) {
  if (event.type === 'content_block_delta') console.log(event.seq, event.delta);
}
console.log(stream.status, stream.cursor);
console.log(stream.textSoFar);
`;
}

/** A value as people write it: keys without quotes. A JSON text has raw line ends only between its parts. */
function literal(value: unknown): string {
  return visibleJson(value, 2)
    .replaceAll(/^( *)"([A-Za-z]\w*)":/gm, '$1$2:')
    .replaceAll('\n', '\n  ');
}
