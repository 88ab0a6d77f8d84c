import { expect, test } from 'vitest';

import { RequestReader } from '../../src/host/request-reader.js';

/** Everything that comes out, with `>` and the target before each request that was found. */
function read(...chunks: readonly string[]): string {
  const reader = new RequestReader();
  const found = chunks.flatMap((chunk) =>
    reader
      .read(Buffer.from(chunk, 'latin1'))
      .map(({ target, bytes }) => (target === undefined ? '' : `>${target} `) + bytes.toString('latin1')),
  );
  return found.join('') + (reader.holds ? '|held' : '');
}

const GET = 'GET /a?lane=x HTTP/1.1\r\nHost: h\r\n\r\n';
const POST = 'POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nGET /';

test('a request is found with its target, path and query', () => {
  expect(read(GET)).toBe(`>/a?lane=x ${GET}`);
});

test('a body of known length is no request, whatever is in it', () => {
  expect(read(POST + GET)).toBe(`>/b ${POST}>/a?lane=x ${GET}`);
});

test('a request without any header is one', () => {
  expect(read(`GET / HTTP/1.1\r\n\r\n${GET}`)).toBe(`>/ GET / HTTP/1.1\r\n\r\n>/a?lane=x ${GET}`);
});

test('requests are found wherever their bytes are cut', () => {
  const all = POST + GET + POST;
  for (let first = 0; first <= all.length; first += 1) {
    for (const second of [first, Math.min(all.length, first + 7)]) {
      const chunks = [all.slice(0, first), all.slice(first, second), all.slice(second)];
      expect(read(...chunks.filter((chunk) => chunk !== ''))).toBe(`>/b ${POST}>/a?lane=x ${GET}>/b ${POST}`);
    }
  }
  expect(read(...all.split(''))).toBe(`>/b ${POST}>/a?lane=x ${GET}>/b ${POST}`);
});

test('nothing but an incomplete first line is held back', () => {
  expect(read('GET /a HT')).toBe('|held');
  expect(read('GET /a HTTP/1.1\r\nHo')).toBe('>/a GET /a HTTP/1.1\r\nHo');
  expect(read(`${GET}PO`)).toBe(`>/a?lane=x ${GET}|held`);
});

const begin = 'POST /b HTTP/1.1\r\nHost: h\r\n';
test.each([
  ['a body in chunks', `${begin}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ['both kinds of length', `${begin}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ['two lengths', `${begin}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
  ['a length that is no number', `${begin}Content-Length: -5\r\n\r\n`],
  ['an upgrade', `GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
  ['a folded header', `${begin}X: a\r\n b\r\n\r\n`],
  ['a header without a colon', `${begin}X\r\n\r\n`],
  ['a space before the colon', `${begin}Content-Length : 5\r\n\r\n`],
  ['a control character', `${begin}X: \0\r\n\r\n`],
  ['a lonely CR', `${begin}X: a\rContent-Length: 9\r\n\r\n`],
  ['lines that end in LF only', `GET /a HTTP/1.1\nHost: h\n\n`],
  ['HTTP/1.0', 'GET /a HTTP/1.0\r\n\r\n'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['an absolute target', 'GET http://other/a HTTP/1.1\r\nHost: h\r\n\r\n'],
  ['CONNECT', 'CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n'],
  ['a hello of TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\n'],
  ['an empty line first', `\r\n${GET}`],
  ['a line that never ends', `GET /${'a'.repeat(17_000)}`],
])('after %s nothing is looked at any more, and everything passes', (_what, bytes) => {
  const found = read(bytes, GET, GET);
  expect(found.replace(/^>\/\S* /, '')).toBe(bytes + GET + GET);
});

test('headers without an end pass, and do not pile up', () => {
  const reader = new RequestReader();
  reader.read(Buffer.from('GET / HTTP/1.1\r\n'));
  for (let index = 0; index < 20; index += 1) {
    const piece = Buffer.from(`X-${index}: ${'y'.repeat(8_000)}\r\n`);
    expect(reader.read(piece).map(({ bytes }) => bytes)).toEqual([piece]);
  }
  expect(reader.read(Buffer.from(`\r\n${GET}`)).map(({ target }) => target)).toEqual([undefined]);
});
