import { bytesOf, chunked, concat, frame, type Said } from './conversation.js';

/** Tokens that look like something else, and characters of all lengths. */
export const HOSTILE = [
  ...[
    'Hello',
    '\n',
    '"\\',
    '🎉',
    'é',
    '\u2028',
    '\0',
    'data: x\n\n',
    '{"seq":1,',
    '\r\n',
    '0\r\n\r\n',
    '\ud83d',
    'x',
    '\udc00',
  ],
  ...[' '.repeat(200), '語'.repeat(50), 'HTTP/1.1 200 OK\r\n', ':\n', '"delta":{"text":"no"}', '\\u0041', '\t\b\f'],
];

export const eventsOf = (texts: readonly string[]): readonly string[] =>
  [
    { type: 'message_start', id: 'gen_1', model: 'm', text: 'no token' },
    { type: 'content_block_start', index: 0, block: { type: 'text' } },
    ...texts.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partialJson: '{"a":"é"}' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_stop' },
  ].map((body, index) => JSON.stringify({ seq: index + 1, ...body }));

export const payloadOf = (texts: readonly string[]): number =>
  texts.reduce((total, text) => total + bytesOf(text).length, 0);

export const request = (line: string, body = '', more = ''): string => {
  const length = body === '' ? '' : `Content-Type: application/json\r\nContent-Length: ${bytesOf(body).length}\r\n`;
  return `${line} HTTP/1.1\r\nHost: localhost\r\n${more}${length}\r\n${body}`;
};

export const responseHead = (type: string, more: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nCache-Control: no-store, no-transform\r\n${more}\r\n`;

const CHUNKED = 'Transfer-Encoding: chunked\r\n';

export const ndjson = (texts: readonly string[]): string =>
  eventsOf(texts)
    .map((event) => `${event}\n`)
    .join('\n');
export const sse = (texts: readonly string[]): string =>
  `retry: 100\n\n${eventsOf(texts)
    .map((event, index) => `id: gen_1.${index + 1}\ndata: ${event}\n\n:\n\n`)
    .join('')}`;

/** One conversation a mode; `size` says how large the next chunk or fragment is. */
export function conversations(texts: readonly string[], size: () => number): Readonly<Record<string, Said>> {
  const post = ['up', bytesOf(request('POST /generations', '{"prompt":"Hé"}'))] as const;
  const stream = (type: string, body: string): Said => [
    post,
    ['down', concat(responseHead(type, CHUNKED), chunked(bytesOf(body), size))],
  ];
  return {
    chunked: stream('application/x-ndjson', ndjson(texts)),
    sse: stream('text/event-stream; charset=utf-8', sse(texts)),
    text: stream('text/plain', texts.join('')),
    polling: polls(texts),
    batch: withLength(JSON.stringify({ id: 'gen_1', status: 'completed', text: texts.join(''), usage: {} })),
    websocket: socket(texts, size),
  };
}

function withLength(...bodies: readonly string[]): Said {
  return bodies.flatMap((body, index) => {
    const head = responseHead('application/json', `Content-Length: ${bytesOf(body).length}\r\n`);
    const line =
      index === 0 ? request('POST /generations', '{"prompt":"Hé"}') : request('GET /generations/gen_1/events');
    return [
      ['up', bytesOf(line)],
      ['down', bytesOf(head + body)],
    ] as const;
  });
}

function polls(texts: readonly string[]): Said {
  const events = eventsOf(texts);
  const half = Math.ceil(events.length / 2);
  const page = (from: readonly string[], seq: number): string =>
    `{"events":[${from.join(',')}],"cursor":"gen_1.${seq}","done":${seq === events.length},"nextPollMs":100}`;
  const started = '{"id":"gen_1","cursor":"gen_1.0"}';
  return withLength(started, page([], 0), page(events.slice(0, half), half), page(events.slice(half), events.length));
}

export const MASK = [0x37, 0xfa, 0x21, 0x3d];
export const UPGRADE = request(
  'GET /generations',
  '',
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n',
);
export const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';

function socket(texts: readonly string[], size: () => number): Said {
  const said = '{"type":"generate","ref":1,"request":{"prompt":"Hé"}}';
  const events = eventsOf(texts).map((event) => `{"ref":1,"event":${event}}`);
  return [
    ['up', bytesOf(UPGRADE)],
    ['down', bytesOf(SWITCH)],
    ['up', frame(said, { mask: MASK })],
    [
      'down',
      concat(frame('{"ref":1,"generation":"gen_1","cursor":"gen_1.0"}'), ...events.map((one) => fragments(one, size))),
    ],
    ['up', frame(Uint8Array.from([3, 232]), { opcode: 8, mask: MASK })],
    ['down', frame(Uint8Array.from([3, 232]), { opcode: 8 })],
  ];
}

/** A message in fragments, with pings between them. */
function fragments(message: string, size: () => number): Uint8Array {
  const bytes = bytesOf(message);
  const frames: (Uint8Array | string)[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + Math.max(1, size()));
    frames.push(frame(bytes.slice(at, end), { opcode: at === 0 ? 1 : 0, fin: end === bytes.length }));
    if (end < bytes.length) frames.push(frame('p', { opcode: 9 }));
    at = end;
  }
  return concat(...frames);
}
