import { totalOf } from '@tokenwire/wire';
import { describe, expect, test } from 'vitest';

import { CELL_LIMIT, type Row } from '../../web/src/wire/rows.js';
import { isOpen, placeOf, shownRows, type View } from '../../web/src/wire/view.js';
import { KEPT_SPANS, WireStore } from '../../web/src/wire/wire-store.js';
import { captured, piece, sizeOf } from './support.js';

const REQUEST = piece('up', 'GET /x HTTP/1.1\r\nHost: a\r\n\r\n');
const STREAM = piece(
  'down',
  'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
);
const chunk = (text: string) => piece('down', `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
const event = (seq: number, text: string) =>
  chunk(`id: g.${seq}\ndata: ${JSON.stringify({ seq, delta: { type: 'text_delta', text } })}\n\n`);

/** Of each row: the kinds of its cells, or what happened. */
const kindsOf = (rows: readonly Row[]) =>
  rows.map(({ event: happened, cells }) => happened ?? cells.map(({ kind }) => kind).join(' '));

const storeWith = (...pieces: Parameters<WireStore['take']>[0]) => {
  const store = new WireStore();
  store.take(pieces);
  return store;
};

describe('the rows', () => {
  test('put into one line what belongs together', () => {
    const store = storeWith(REQUEST, STREAM, event(1, 'Hi\n'));
    expect(kindsOf(store.rows).slice(-5)).toEqual([
      'chunk-size',
      'sse-field',
      'sse-field json text json text json sse-field',
      'sse-event-end',
      'chunk-end',
    ]);
  });

  test('join a line that came in two pieces, and not two lines', () => {
    const store = storeWith(REQUEST, STREAM);
    store.take([piece('down', '10\r\nid: abc')]);
    store.take([piece('down', 'def\n')]);
    store.take([piece('down', 'id: g\r\n')]);
    const fields = store.rows.filter(({ cells }) => cells[0]?.kind === 'sse-field');
    expect(fields.map(({ cells }) => cells.map(({ size }) => size))).toEqual([[11], [5]]);
  });

  test('belong to the start line above them, with the size of the head', () => {
    const { rows } = storeWith(REQUEST, STREAM);
    const starts = rows.filter(({ headers }) => headers > 0);
    expect(starts.map(({ headers, headBytes }) => [headers, headBytes])).toEqual([
      [1, sizeOf([REQUEST], 'up')],
      [2, sizeOf([STREAM], 'down')],
    ]);
    expect(rows.filter(({ headId }) => headId === starts[1]?.id)).toHaveLength(3);
  });

  test('keep a part of what is long, and its size', () => {
    const store = storeWith(REQUEST, piece('down', 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n'));
    for (let index = 0; index < 30; index += 1) store.take([piece('down', 'x'.repeat(1_000))]);
    const texts = store.rows.flatMap(({ cells }) => cells).filter(({ kind }) => kind === 'text');
    expect(texts.reduce((total, { size }) => total + size, 0)).toBe(30_000);
    expect(Math.max(...texts.map(({ bytes }) => bytes.length))).toBe(CELL_LIMIT);
  });

  test('are as many as are kept, and the others are counted', () => {
    const store = storeWith(REQUEST, STREAM);
    for (let seq = 1; seq <= 2_000; seq += 1) store.take([event(seq, 'word')]);
    const kept = store.rows.reduce((total, { cells }) => total + cells.length, 0);
    expect(kept).toBeLessThanOrEqual(KEPT_SPANS * 1.25);
    expect(kept).toBeGreaterThan(KEPT_SPANS * 0.9);
    // Three spans of the request, four of the answer's head, nine of each event.
    expect(kept + store.dropped).toBe(3 + 4 + 2_000 * 9);
    expect(store.totals.down.payload).toBe(2_000 * 4);
  });
});

describe('the store', () => {
  test.each(['chunked', 'sse', 'websocket', 'long-poll', 'short-poll'])(
    'counts all bytes of a real answer, %s',
    (mode) => {
      const pieces = captured(mode);
      const store = storeWith(...pieces);
      expect(totalOf(store.totals.down)).toBe(sizeOf(pieces, 'down'));
      expect(totalOf(store.totals.up)).toBe(sizeOf(pieces, 'up'));
      expect(store.pending).toBe(0);
      expect(kindsOf(store.rows).filter((kinds) => kinds.includes('unknown'))).toEqual([]);
    },
  );

  test('says what a pause has hidden, and counts it', () => {
    const store = storeWith(REQUEST, STREAM);
    store.pause();
    const before = kindsOf(store.rows);
    const hidden = [event(1, 'a'), event(2, 'b')];
    store.take(hidden);
    expect(kindsOf(store.rows)).toEqual(before);
    expect(store.passed).toBe(sizeOf(hidden, 'down'));
    expect(store.totals.down.payload).toBe(2);
    store.resume();
    store.take([event(3, 'c')]);
    const after = kindsOf(store.rows).slice(before.length);
    expect(after[0]).toBe(`${sizeOf(hidden, 'down')} bytes passed during the pause; they are counted, and not shown`);
    expect(after[1]).toBe('chunk-size');
    expect(store.passed).toBeUndefined();
  });

  test('says how a connection ended, and reads on when it is used again', () => {
    const store = storeWith(REQUEST, { ...piece('down', ''), end: 'other' }, REQUEST, {
      ...piece('down', ''),
      end: 'rst',
    });
    expect(kindsOf(store.rows).filter((kinds) => kinds.includes(' ') || kinds === 'request-line')).toEqual([
      'request-line',
      'Connection 0: goes on with requests of other panes',
      'request-line',
      'Connection 0: reset (RST)',
    ]);
  });

  test('reads from the next event on when it was opened in mid-answer, or bytes are missing', () => {
    const store = storeWith(piece('down', 'lf of an event\n\n'), event(7, 'x'), { ...event(9, 'y'), missed: 60 });
    expect(kindsOf(store.rows)[0]).toBe('unknown');
    expect(kindsOf(store.rows)).toContain('Connection 0: 60 bytes were not seen: the page was too slow');
    expect([store.totals.down.payload, store.missed]).toEqual([2, 60]);
  });

  test('says that nobody watched, and finds its way again', () => {
    const store = storeWith(REQUEST, STREAM, event(1, 'a'));
    store.leave();
    store.take([event(5, 'b')]);
    const said = kindsOf(store.rows);
    const left = said.indexOf('Not watched: bytes that pass from here on are neither shown nor counted');
    expect(said.slice(left + 1)[0]).toBe('chunk-size');
    expect([store.totals.down.payload, store.pending]).toEqual([2, 0]);
  });

  test('calls its listeners once for each batch', () => {
    const store = new WireStore();
    let calls = 0;
    const off = store.subscribe(() => (calls += 1));
    store.take([REQUEST, STREAM]);
    off();
    store.take([event(1, 'a')]);
    expect(calls).toBe(1);
  });
});

describe('the view', () => {
  const { rows } = storeWith(REQUEST, STREAM, event(1, 'a'));
  const view: View = { filter: 'all', headersOpen: false, turned: new Set() };
  const [request, status] = rows.filter(({ headers }) => headers > 0);

  test('hides headers until they are opened, one head or all', () => {
    const count = (other: Partial<View>) => shownRows(rows, { ...view, ...other }).length;
    expect(count({ headersOpen: true })).toBe(rows.length);
    expect(count({})).toBe(rows.length - 2 - 3);
    expect(count({ turned: new Set([status?.id ?? 0]) })).toBe(rows.length - 2);
    expect(isOpen({ ...view, headersOpen: true, turned: new Set([5]) }, 5)).toBe(false);
  });

  test('can leave out what goes up, and all of HTTP', () => {
    expect(shownRows(rows, { ...view, filter: 'down' }).every(({ way }) => way === 'down')).toBe(true);
    expect(kindsOf(shownRows(rows, { ...view, filter: 'no-heads' }))[0]).toBe('chunk-size');
  });

  test('finds a row by its id, or the one after it', () => {
    const some = rows.filter(({ id }) => id % 2 === 0);
    expect(placeOf(some, request?.id ?? 0)).toBe(0);
    expect(placeOf(some, 3)).toBe(2);
    expect(placeOf(some, 1e9)).toBe(some.length);
  });
});
