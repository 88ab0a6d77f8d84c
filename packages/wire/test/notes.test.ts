import { describe, expect, it } from 'vitest';

import { ConnectionReader, frameHeaderOf } from '../src/index.js';
import { MASK, request, responseHead, SWITCH, UPGRADE } from './support/answers.js';
import { binary, bytesOf, concat, down, frame, readAll, up, type Said } from './support/conversation.js';

const GET = up(request('GET /x'));
/** What is said, as `kind part "bytes" note`. */
const told = (said: Said, way: 'up' | 'down' = 'down', options?: { limitBytes: number }) =>
  readAll(said, undefined, options)
    .spans.filter((span) => span.way === way)
    .map(({ kind, part, clear, note }) => `${kind} ${part} ${JSON.stringify(clear)} ${note}`);
const notesOf = (said: Said, kind: string, way: 'up' | 'down' = 'down') =>
  readAll(said)
    .spans.filter((span) => span.way === way && span.kind === kind)
    .map(({ note }) => note);
const answer = (head: string, body = ''): Said => [GET, down(`HTTP/1.1 200 OK\r\n${head}\r\n${body}`)];

describe('heads', () => {
  it('are read line by line, with what each header is for', () => {
    const said = answer(
      'Content-Type: text/event-stream\r\nX-Accel-Buffering: no\r\nX-Own: 1\r\nContent-Length: 0\r\n',
    );
    expect(told(said)).toEqual([
      'status-line http "HTTP/1.1 200 OK\\r\\n" success',
      'header http "Content-Type: text/event-stream\\r\\n" Server-Sent Events',
      'header http "X-Accel-Buffering: no\\r\\n" asks nginx not to buffer',
      'header http "X-Own: 1\\r\\n" ',
      'header http "Content-Length: 0\\r\\n" the body is 0 bytes',
      'head-end http "\\r\\n" empty line: the headers end',
    ]);
    expect(told(said, 'up')[0]).toBe('request-line http "GET /x HTTP/1.1\\r\\n" method, resource, version');
  });

  it('end the message where the status or the method says so', () => {
    const head = 'Content-Length: 5\r\n';
    const spans = readAll([
      up(request('HEAD /x')),
      down(`HTTP/1.1 200 OK\r\n${head}\r\n`),
      up(request('GET /y')),
      down('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'),
      up(request('GET /z')),
      down(`HTTP/1.1 304 Not Modified\r\n${head}\r\nHTTP/1.1 200 OK\r\n${head}Content-Type: text/plain\r\n\r\nhello`),
    ]).spans;
    const lines = spans.filter(({ kind, way }) => kind === 'status-line' && way === 'down');
    expect(lines.map(({ text, exchange }) => `${exchange} ${text.trim()}`)).toEqual([
      '0 HTTP/1.1 200 OK',
      '1 HTTP/1.1 103 Early Hints',
      '1 HTTP/1.1 204 No Content',
      '2 HTTP/1.1 304 Not Modified',
      '3 HTTP/1.1 200 OK',
    ]);
    expect(spans.at(-1)).toMatchObject({ kind: 'text', text: 'hello', part: 'payload' });
  });

  it('without a length begin a body that ends with the connection', () => {
    const reader = new ConnectionReader(0);
    reader.feed('up', GET[1], 0);
    reader.feed('down', bytesOf('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n'), 1);
    expect(reader.feed('down', bytesOf('HTTP/1.1 200 OK\r\n\r\n'), 2)).toMatchObject([{ kind: 'text', atMs: 2 }]);
    expect(reader.end()).toEqual([]);
  });
});

describe('chunks', () => {
  const chunked = (body: string) => answer('Transfer-Encoding: chunked\r\nContent-Type: text/plain\r\n', body);

  it('have their sizes, extensions and trailers told', () => {
    expect(told(chunked('A;a=b\r\n0123456789\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n')).slice(4)).toEqual([
      'chunk-size framing "A;a=b\\r\\n" chunk of 10 bytes (0xA)',
      'text payload "0123456789" the text itself',
      'chunk-end framing "\\r\\n" CRLF: the chunk ends',
      'chunk-size framing "1\\r\\n" chunk of 1 byte (0x1)',
      'text payload "!" the text itself',
      'chunk-end framing "\\r\\n" CRLF: the chunk ends',
      'last-chunk framing "0\\r\\n" last chunk: size 0',
      'header framing "X-Sum: 1\\r\\n" trailer: a header after the body',
      'chunk-end framing "\\r\\n" empty line: the body ends',
    ]);
  });

  it.each([
    ['xyz\r\nabc', 'no size of a chunk'],
    ['fffffffffffffffffffff\r\n', 'no size of a chunk'],
    ['3\r\nabcd\r\n0\r\n\r\n', 'a chunk does not end where its size says'],
  ])('that are wrong make the rest unknown: %j', (body, why) => {
    const last = readAll(chunked(body)).spans.at(-1);
    expect(last).toMatchObject({ kind: 'unknown', part: 'framing', note: `cannot be read: chunked body: ${why}` });
  });
});

describe('an event stream', () => {
  const stream = (body: string) => told(answer('Content-Type: text/event-stream\r\n', body)).slice(3);

  it('has its fields, comments and ends told', () => {
    expect(stream('id: 1\ndata: {"delta":{"text":"a\\n"}}\n\n:\n\nretry:5\nodd\n\n')).toEqual([
      'sse-field framing "id: 1\\n" id: the cursor; a reconnect sends it as Last-Event-ID',
      'sse-field framing "data: " data: the message',
      'json envelope "{\\"delta\\":{\\"text\\":\\"" JSON of the event',
      `text payload "a" the token's text`,
      'json envelope "\\\\" escape: the text has fewer bytes than its JSON',
      `text payload "n" the token's text`,
      'json envelope "\\"}}" JSON of the event',
      'sse-field framing "\\n" end of the line',
      'sse-event-end framing "\\n" empty line: the event is whole',
      'sse-comment framing ":\\n" comment: readers skip it; a heartbeat',
      'sse-event-end framing "\\n" empty line: no data before it, so no event',
      'sse-field framing "retry:5\\n" retry: milliseconds to wait before a reconnect',
      'sse-field framing "odd\\n" a field that readers skip',
      'sse-event-end framing "\\n" empty line: no data before it, so no event',
    ]);
  });

  it('may end its lines with CR and CRLF, and send text that is no JSON', () => {
    expect(stream('data:hi\r\n\r\ndata\r\rdata: [DONE]\r\r')).toEqual([
      'sse-field framing "data:" data: the message',
      'text payload "hi" text that is no JSON',
      'sse-field framing "\\r\\n" end of the line',
      'sse-event-end framing "\\r\\n" empty line: the event is whole',
      'sse-field framing "data\\r" data: the message',
      'sse-event-end framing "\\r" empty line: no data before it, so no event',
      'sse-field framing "data: " data: the message',
      'json envelope "[DONE]" JSON of the event',
      'sse-field framing "\\r" end of the line',
      'sse-event-end framing "\\r" empty line: the event is whole',
    ]);
  });

  it('of chat completions has their content as payload', () => {
    const body = 'data: {"choices":[{"delta":{"content":"x"}}]}\n\ndata: {"choices":[{"delta":{"content":"y"}}]}\n\n';
    expect(stream(body).filter((line) => line.startsWith('text'))).toEqual([
      `text payload "x" the token's text`,
      `text payload "y" the token's text`,
    ]);
  });
});

describe('compressed and foreign bodies', () => {
  it.each([
    ['Content-Encoding: gzip\r\nContent-Type: application/json\r\n', 'body coded "abc" compressed: gzip'],
    ['Content-Type: text/html\r\n', 'body envelope "abc" body of type text/html'],
    ['', 'body envelope "abc" body of type unknown'],
    ['Content-Type: application/json\r\n', 'json framing "abc" of the transport, not of an event'],
  ])('are told as what they are: %j', (head, expected) => {
    expect(told(answer(head, 'abc')).at(-1)).toBe(expected);
  });
});

describe('frames', () => {
  const socket = (...frames: Uint8Array[]): Said => [up(UPGRADE), down(SWITCH), ['down', concat(...frames)]];
  const client = (...frames: Uint8Array[]): Said => [up(UPGRADE), down(SWITCH), ['up', concat(...frames)]];
  const after101 = (said: Said, way: 'up' | 'down' = 'down') => {
    const all = told(said, way);
    return all.slice(all.findIndex((line) => line.startsWith('head-end')) + 1);
  };

  it('of a client are shown as sent and without their mask', () => {
    const { spans } = readAll(client(frame('Hello', { mask: MASK })));
    expect(spans.filter(({ way }) => way === 'up').slice(-3)).toMatchObject([
      { kind: 'frame-header', text: '\u0081\u0085', note: 'FIN · text · masked · 5 bytes' },
      { kind: 'frame-mask', text: '\u0037\u00fa\u0021\u003d' },
      // The example of RFC 6455, section 5.7.
      { kind: 'json', part: 'envelope', text: '\u007f\u009f\u004d\u0051\u0058', clear: 'Hello' },
    ]);
  });

  it('in fragments carry one message, with control frames between them', () => {
    const event = '{"seq":3,"delta":{"text":"ab"}}';
    const cut = event.indexOf('ab') + 1;
    expect(
      after101(
        socket(
          frame(event.slice(0, cut), { fin: false }),
          frame('?', { opcode: 9 }),
          frame(event.slice(cut), { opcode: 0 }),
        ),
      ),
    ).toEqual([
      'frame-header framing "\\u0001\\u001b" not the last frame · text · 27 bytes',
      'json envelope "{\\"seq\\":3,\\"delta\\":{\\"text\\":\\"" JSON of the event',
      `text payload "a" the token's text`,
      'frame-header framing "\u0089\\u0001" FIN · ping · 1 byte',
      'frame-control framing "?" comes back in the pong',
      'frame-header framing "\u0080\\u0004" FIN · continuation · 4 bytes',
      `text payload "b" the token's text`,
      'json envelope "\\"}}" JSON of the event',
    ]);
  });

  it('have their lengths in 7, 16 and 64 bits', () => {
    const notes = (size: number) => notesOf(socket(frame(new Uint8Array(size), { opcode: 2 })), 'frame-header');
    expect([125, 126, 65_535, 65_536].map((size) => notes(size))).toEqual([
      ['FIN · binary · 125 bytes'],
      ['FIN · binary · 126 bytes'],
      ['FIN · binary · 65535 bytes'],
      ['FIN · binary · 65536 bytes'],
    ]);
  });

  it('that close tell their code and reason', () => {
    const close = frame(concat(Uint8Array.from([3, 244]), 'bye'), { opcode: 8 });
    expect(notesOf(socket(close), 'frame-control')).toEqual(['close code 1012: service restart, reason: bye']);
    expect(notesOf(socket(frame('', { opcode: 8 })), 'frame-header')).toEqual(['FIN · close · 0 bytes']);
  });

  it('that are compressed are booked as coded', () => {
    const { totals } = readAll(socket(frame('abc', { rsv: 4, fin: false }), frame('de', { opcode: 0 })));
    expect(totals.down.coded).toBe(5);
  });

  it.each([
    ['reserved opcode 5', frame('x', { opcode: 5 })],
    ['a control frame in fragments', frame('x', { opcode: 9, fin: false })],
    ['a control frame above 125 bytes', frame(new Uint8Array(126), { opcode: 9 })],
    ['length above 2⁵³', Uint8Array.from([0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255])],
  ])('that cannot be make the rest unknown: %s', (why, bytes) => {
    const last = readAll(socket(bytes, frame('after'))).spans.at(-1);
    expect(last).toMatchObject({ kind: 'unknown', note: `no WebSocket frame: ${why}` });
  });

  it('have a header whose bits can be drawn', () => {
    expect(frameHeaderOf(Uint8Array.from([0xc9, 0xfe, 1, 0]))).toEqual({
      ...{ fin: true, rsv1: true, rsv2: false, rsv3: false, opcode: 9, opcodeName: 'ping', masked: true },
      ...{ shortLength: 126, length: 256 },
    });
  });

  it('are waited for until the upgrade is answered; refused, requests go on', () => {
    const reader = new ConnectionReader(0);
    reader.feed('up', concat(UPGRADE, request('GET /y')), 1);
    expect(reader.pending.up).toBe(bytesOf(request('GET /y')).length);
    const spans = reader.feed('down', bytesOf('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'), 2);
    expect(spans.find(({ kind }) => kind === 'request-line')).toMatchObject({ exchange: 1, atMs: 1 });
    expect(reader.pending).toEqual({ up: 0, down: 0 });
  });
});

describe('what is kept', () => {
  const limit = { limitBytes: 1_000 };
  const endless = new Uint8Array(100_000).fill(0x61);

  it.each<[string, Said]>([
    ['a request line', [['up', endless]]],
    ['a header', [GET, down('HTTP/1.1 200 OK\r\nX: '), ['down', endless]]],
    ['a chunk size', [...answer('Transfer-Encoding: chunked\r\n'), ['down', new Uint8Array(1e5).fill(0x31)]]],
    ['a line of NDJSON', [...answer('Content-Type: application/x-ndjson\r\n', '{"a":"'), ['down', endless]]],
    ['a field of an event stream', [...answer('Content-Type: text/event-stream\r\n', 'id: '), ['down', endless]]],
    ['a name in an event stream', [...answer('Content-Type: text/event-stream\r\n'), ['down', endless]]],
    ['a key of a document', [...answer('Content-Type: application/json\r\n', '{"'), ['down', endless]]],
    [
      'a message',
      [up(UPGRADE), down(SWITCH), ['down', concat(Uint8Array.from([1, 127, 0, 0, 0, 0, 0, 1, 134, 160]), endless)]],
    ],
    ['frames before the upgrade is answered', [up(UPGRADE), ['up', endless]]],
  ])('is bounded in %s', (_, said) => {
    const reader = new ConnectionReader(0, limit);
    let most = 0;
    for (const [way, bytes] of said) {
      for (let at = 0; at < bytes.length; at += 97) {
        reader.feed(way, bytes.slice(at, at + 97), 0);
        most = Math.max(most, reader.pending[way]);
      }
    }
    expect(most).toBeLessThanOrEqual(1_000);
  });

  it('is given out when a direction ends', () => {
    const reader = new ConnectionReader(0);
    expect(reader.feed('up', bytesOf('GET / HT'), 0)).toEqual([]);
    expect(reader.end('up')).toMatchObject([{ kind: 'unknown', part: 'http' }]);
    expect(reader.feed('up', bytesOf(request('GET /')), 0)[0]).toMatchObject({ kind: 'request-line', offset: 8 });
  });
});

it('finds its way again after bytes that were not seen, where a message begins', () => {
  const reader = new ConnectionReader(0);
  reader.feed('up', GET[1], 0);
  reader.feed('down', bytesOf(responseHead('application/json', 'Content-Length: 100\r\n')), 0);
  const { offset = 0, bytes } = reader.feed('down', bytesOf('{"events":[],'), 0).at(-1) ?? {};
  reader.skip('down', 87);
  const lost = reader.feed('down', bytesOf('no start'), 0);
  expect(lost).toMatchObject([{ kind: 'unknown', offset: offset + (bytes?.length ?? 0) + 87 }]);
  expect(lost[0]?.note).toBe('after 87 bytes that were not seen');
  reader.feed('up', GET[1], 0);
  const found = reader.feed('down', bytesOf('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 0);
  expect(found.map(({ kind }) => kind)).toEqual(['status-line', 'header', 'head-end']);
  expect(binary(found[0]?.bytes ?? new Uint8Array())).toBe('HTTP/1.1 200 OK\r\n');
});

describe('a connection that was there before', () => {
  const late = (way: 'up' | 'down', ...pieces: readonly Uint8Array[]) => {
    const reader = new ConnectionReader(0, { fromStart: false });
    return pieces.flatMap((piece) => reader.feed(way, piece, 0)).map(({ kind, part }) => `${kind} ${part}`);
  };

  it('is read from a chunk on, of an event stream or of lines', () => {
    expect(late('down', bytesOf('lo"}}\n\n'), bytesOf('9\r\ndata: x\n\n\r\n'))).toEqual([
      'unknown framing',
      'chunk-size framing',
      'sse-field framing',
      'text payload',
      'sse-field framing',
      'sse-event-end framing',
      'chunk-end framing',
    ]);
    expect(late('down', bytesOf('3\r\n{}\n\r\n')).slice(0, 2)).toEqual(['chunk-size framing', 'json envelope']);
  });

  it('is read from a frame on', () => {
    expect(late('down', frame('{"seq":1}'))).toEqual(['frame-header framing', 'json envelope']);
    expect(late('up', frame('{}', { mask: MASK }))).toEqual([
      'frame-header framing',
      'frame-mask framing',
      'json envelope',
    ]);
  });

  it('is read from the next request on', () => {
    expect(late('up', bytesOf('}'), GET[1])).toEqual([
      'unknown framing',
      'request-line http',
      'header http',
      'head-end http',
    ]);
  });
});
