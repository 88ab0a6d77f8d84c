import { type Mode, transportOf } from '@tokenwire/protocol';
import { CLIENT_OPTIONS } from '../pane/client-options.js';
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
  return `${importOf(mode)}

const stream = ${OPEN[mode]}({
  url: ${literal(url)},
  ${optionsOf(mode).join(',\n  ')},
  ${'after' in from ? `after: ${literal(from.after)}` : `request: ${literal(from.request, '  ')}`},
});

for await (const event of stream) {
  if (event.type === 'content_block_delta') console.log(event.seq, event.delta);
}
console.log(stream.status, stream.cursor);
console.log(stream.textSoFar);
`;
}

/** A React component that shows what the pane shows. */
export function componentOf({ mode, url, from }: Subject): string {
  const request = 'after' in from ? 'undefined' : literal(from.request);
  const after = 'after' in from ? [`after: ${literal(from.after)}`] : [];
  const options = [`url: ${literal(url)}`, ...optionsOf(mode), ...after].join(', ');
  return `${importOf(mode)}
${importLine('useTokenStream', 'react')}

const request = ${request};
const options = { ${options} };

export function Answer() {
  const { text, status, stop } = useTokenStream(${OPEN[mode]}, request, options);
  return (
    <section>
      <p>{text}</p>
      <output>{status}</output>
      <button onClick={() => void stop()}>Stop</button>
    </section>
  );
}
`;
}

function importOf(mode: Mode): string {
  return importLine(OPEN[mode], `client-${transportOf[mode]}`);
}

function importLine(name: string, folder: string): string {
  return `import { ${name} } from '@tokenwire/${folder}';`;
}

/** What the page's clients are told; only long polling has a wait. */
function optionsOf(mode: Mode): string[] {
  const { idleTimeoutMs, retry, waitSeconds } = CLIENT_OPTIONS;
  const patience = `retry: { maxAttempts: ${retry.maxAttempts}, capMs: ${retry.capMs} }`;
  return [
    `idleTimeoutMs: ${idleTimeoutMs}`,
    patience,
    ...(mode === 'long-poll' ? [`waitSeconds: ${waitSeconds}`] : []),
  ];
}

/** A value as people write it: keys without quotes. A JSON text has raw line ends only between its parts. */
function literal(value: unknown, indent = ''): string {
  return visibleJson(value, 2)
    .replaceAll(/^( *)"([A-Za-z]\w*)":/gm, '$1$2:')
    .replaceAll('\n', `\n${indent}`);
}
