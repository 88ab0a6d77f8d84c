import { describe, expect, it } from 'vitest';

import { chunkFraming, closeFrame, frameHeader, headBytes } from '../../src/wire/arithmetic.js';
import { utf8 } from '../../src/wire/content.js';
import { DIALECTS, type Dialect } from '../../src/wire/dialects.js';
import { isWhole, ledgerOf, withPayload } from '../../src/wire/ledger.js';
import { parseRequests, parseResponses } from '../../src/wire/parse-http.js';
import { messagesOf, parseFrames } from '../../src/wire/parse-websocket.js';
import type { RecordedConnection } from '../../src/wire/recorder.js';

const dialect = DIALECTS['tokenwire'] as Dialect;
const bytes = (text: string): Buffer => Buffer.from(text);

describe('HTTP', () => {
  const CHUNKED =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nab\r\nc\r\n1\r\nd\r\n0\r\nX: 1\r\n\r\n';

  it('reads chunks with extensions, line breaks inside and trailers, and knows what is framing', () => {
    const { messages, rest } = parseResponses(bytes(CHUNKED), ['GET']);
    expect(messages[0]?.chunks.map(String)).toEqual(['ab\r\nc', 'd']);
    expect(messages[0]?.framingBytes).toBe('5;x=y\r\n\r\n1\r\n\r\n0\r\nX: 1\r\n\r\n'.length);
    expect(rest).toHaveLength(0);
  });

  it('takes no answer for whole that is not', () => {
    const start = CHUNKED.indexOf('\r\n\r\n') + 4;
    for (let end = 1; end < CHUNKED.length; end += 1) {
      const cut = () => parseResponses(bytes(CHUNKED.slice(0, end)), ['GET']);
      expect(cut, `cut at ${end}, body from ${start}`).toThrow();
    }
  });

  it('lets the last chunk be missing when the reader has left, and nothing else', () => {
    const cut = CHUNKED.indexOf('0\r\nX');
    expect(parseResponses(bytes(CHUNKED.slice(0, cut)), ['GET'], true).messages[0]?.chunks).toHaveLength(2);
    expect(() => parseResponses(bytes(CHUNKED.slice(0, cut - 1)), ['GET'], true)).toThrow();
  });

  it('reads several answers of one connection, those without a body too', () => {
    const text = [
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
      'HTTP/1.1 204 No Content\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n',
      'HTTP/1.1 200 OK\r\n\r\nuntil the end',
    ].join('');
    const { messages } = parseResponses(bytes(text), ['GET', 'GET', 'HEAD', 'GET']);
    expect(messages.map(({ chunks }) => chunks.join(''))).toEqual(['abc', '', '', 'until the end']);
  });

  it('leaves what follows an upgrade', () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
    expect(String(parseResponses(bytes(`${head}xyz`), ['GET']).rest)).toBe('xyz');
    const asked = 'GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\nxyz';
    expect(String(parseRequests(bytes(asked)).rest)).toBe('xyz');
  });

  it('measures heads and chunks as they are written', () => {
    expect(headBytes('HTTP/1.1 200 OK', { A: 'b', Bc: 1 })).toBe('HTTP/1.1 200 OK\r\nA: b\r\nBc: 1\r\n\r\n'.length);
    for (const size of [1, 15, 16, 255, 256, 65_536]) {
      expect(chunkFraming(size)).toBe(`${size.toString(16)}\r\n\r\n`.length);
    }
  });
});

describe('WebSocket', () => {
  /** A frame as the standard writes it, independent of the arithmetic. */
  function frame(payload: Buffer, { opcode = 1, fin = true, rsv1 = false, mask = [] as number[] } = {}): Buffer {
    const { length } = payload;
    const marks = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
    const long = Buffer.alloc(length > 65_535 ? 8 : length > 125 ? 2 : 0);
    if (long.length === 8) long.writeBigUInt64BE(BigInt(length));
    else if (long.length === 2) long.writeUInt16BE(length);
    const short = long.length === 8 ? 127 : long.length === 2 ? 126 : length;
    const masked = Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));
    return Buffer.concat([Buffer.from([marks, short | (mask.length > 0 ? 0x80 : 0)]), long, Buffer.from(mask), masked]);
  }

  it.each([0, 1, 125, 126, 65_535, 65_536])('reads a frame of %i bytes, masked or not', (length) => {
    const payload = Buffer.alloc(length, 'abc');
    for (const mask of [[], [1, 2, 250, 4]]) {
      const [read] = parseFrames(frame(payload, { mask }));
      expect(read?.payload.equals(payload)).toBe(true);
      expect(read?.headerBytes).toBe(frameHeader(length, mask.length > 0));
    }
  });

  it('reads frames one after the other, and puts fragments together around a ping', () => {
    const wire = Buffer.concat([
      frame(bytes('one '), { fin: false, rsv1: true }),
      frame(bytes('ping'), { opcode: 9 }),
      frame(bytes('message'), { opcode: 0 }),
      frame(bytes('two')),
    ]);
    const frames = parseFrames(wire);
    expect(frames.map(({ opcode }) => opcode)).toEqual([1, 9, 0, 1]);
    expect(messagesOf(frames).map(({ compressed, payload }) => [compressed, String(payload)])).toEqual([
      [true, 'one message'],
      [false, 'two'],
    ]);
    for (let end = 1; end < 6; end += 1) expect(() => parseFrames(wire.subarray(0, end))).toThrow();
    expect(() => messagesOf(parseFrames(frame(bytes('x'), { fin: false })))).toThrow('fragmented');
  });

  it('knows what closing takes', () => {
    const code = Buffer.from([3, 232]);
    expect(closeFrame({ code: true, masked: true })).toBe(frame(code, { opcode: 8, mask: [1, 2, 3, 4] }).length);
    expect(closeFrame({ code: false, masked: false })).toBe(frame(bytes(''), { opcode: 8 }).length);
  });
});

describe('a ledger', () => {
  const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  const connection = (body: string, type: string, headers = ''): RecordedConnection => {
    const head = `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const piece = (text: string) => [{ atMs: 0, bytes: bytes(text) }];
    return { up: piece(REQUEST), down: piece(head + body), closed: true };
  };
  const partsOf = (body: string, type: string, headers?: string, said = dialect) =>
    ledgerOf([connection(body, type, headers)], said).down.parts;
  const EVENT = '{"seq":3,"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a\\n🎉"}}';
  const envelope = Buffer.byteLength(EVENT) - 6;

  it.each([
    ['NDJSON with a heartbeat', `\n${EVENT}\n`, 'application/x-ndjson', 2],
    ['SSE with a heartbeat', `:\n\nid: x.3\ndata: ${EVENT}\n\n`, 'text/event-stream', 19],
    ['SSE with CRLF', `data:${EVENT}\r\n\r\n`, 'text/event-stream; charset=utf-8', 9],
    ['a page', `{"events":[${EVENT}],"cursor":"x.3","done":false}`, 'application/json', 41],
  ])('of %s tells the text from what is around it', (_, body, type, framing) => {
    expect(partsOf(body, type)).toMatchObject({ payload: 6, envelope, framing, coded: 0 });
  });

  it('of bare text is all payload; of data in several lines, the lines are framing', () => {
    expect(partsOf('Hé', 'text/plain')).toMatchObject({ payload: 3, envelope: 0, framing: 0 });
    const bare = DIALECTS['bare'] as Dialect;
    expect(partsOf('data: a\ndata: b\n\n', 'text/event-stream', '', bare)).toMatchObject({ payload: 3, framing: 14 });
  });

  it('of OpenAI chunks takes their content', () => {
    const chunk = '{"id":"x","choices":[{"index":0,"delta":{"content":"abc"}}]}';
    const body = `data: ${chunk}\n\ndata: [DONE]\n\n`;
    const parts = partsOf(body, 'text/event-stream', '', DIALECTS['openai']);
    expect(parts).toMatchObject({ payload: 3, envelope: chunk.length - 3 + '[DONE]'.length, framing: 16 });
  });

  it('of messages that nobody can read takes the text out of the envelope', () => {
    const untold = DIALECTS['untold'] as Dialect;
    const ledger = ledgerOf([connection('42["a"]\u001e42["b"]', 'text/plain; charset=UTF-8')], untold);
    expect(ledger.down.parts).toMatchObject({ payload: 0, envelope: 15 });
    expect(withPayload(ledger, 2).down.parts).toMatchObject({ payload: 2, envelope: 13 });
    expect(() => withPayload(ledger, 16)).toThrow('fewer');
  });

  it('does not divide what is compressed', () => {
    const parts = partsOf('xxxx', 'application/x-ndjson', 'Content-Encoding: gzip\r\n');
    expect(parts).toMatchObject({ payload: 0, envelope: 0, framing: 0, coded: 4 });
  });

  it.each([
    ['an event cut short', `${EVENT.slice(0, 20)}\n`, 'application/x-ndjson'],
    ['a line without end', EVENT, 'application/x-ndjson'],
    ['an unknown type', 'x', 'image/png'],
  ])('refuses %s', (_, body, type) => {
    expect(() => partsOf(body, type)).toThrow();
  });

  it('refuses what is no UTF-8', () => {
    expect(() => utf8([Buffer.from([0xff])])).toThrow('UTF-8');
    expect(utf8([Buffer.from([0xc3]), Buffer.from([0xa9])])).toBe('é');
  });

  it('is whole when every request has its answer, not before', () => {
    const whole = connection('x', 'text/plain');
    const cut = { ...whole, closed: false, down: [{ atMs: 0, bytes: bytes('HTTP/1.1 200 OK\r\n') }] };
    const unanswered = { ...whole, closed: false, down: [] };
    expect([isWhole([whole]), isWhole([cut]), isWhole([unanswered]), isWhole([])]).toEqual([true, false, false, false]);
    expect(() => isWhole([{ ...cut, closed: true }])).toThrow('headers');
  });
});
