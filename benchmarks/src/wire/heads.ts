/**
 * The headers of answers, as the protocol page lists them, and those that Node and `ws` add. Only sizes count: what
 * changes from answer to answer (dates, keys) has a fixed length.
 */
import { headBytes } from './arithmetic.js';

const DATE = new Date(0).toUTCString();
/** SHA-1 in Base64. */
const ACCEPT = 'x'.repeat(28);

/** Node adds them to every answer; `timeout` is that of our servers and of the controls. */
const NODE = { Date: DATE, Connection: 'keep-alive', 'Keep-Alive': 'timeout=65' };
const CHUNKED = { 'Transfer-Encoding': 'chunked' };

/** On every answer of our servers. */
const SECURITY = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
};

/** On every answer that starts or carries a generation. */
const generation = (id: string) => ({ Location: `/generations/${id}`, 'Tokenwire-Generation': id });

const json = (bytes: number) => ({
  'Content-Type': 'application/json',
  'Content-Length': bytes,
  'Cache-Control': 'no-store',
});

/** Of a stream of ours. */
export function streamHead(id: string, contentType: string): number {
  return headBytes('HTTP/1.1 200 OK', {
    ...SECURITY,
    ...generation(id),
    'Content-Type': contentType,
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    Incremental: '?1',
    ...NODE,
    ...CHUNKED,
  });
}

/** Of the answer to a start. */
export function startHead(id: string, bytes: number): number {
  return headBytes('HTTP/1.1 201 Created', { ...SECURITY, ...generation(id), ...json(bytes), ...NODE });
}

/** Of a batch, which is the answer to a start, later. */
export const batchHead = startHead;

/** Of a page of a poll. */
export function pageHead(id: string, bytes: number): number {
  return headBytes('HTTP/1.1 200 OK', { ...SECURITY, ...generation(id), ...json(bytes), ...NODE });
}

/** Of the control on `node:http`. */
export function nodeHead(contentType: string): number {
  return headBytes('HTTP/1.1 200 OK', { 'Content-Type': contentType, ...NODE, ...CHUNKED });
}

/** Of an upgrade, as `ws` answers it. */
export function socketHead(subprotocol?: string): number {
  return headBytes('HTTP/1.1 101 Switching Protocols', {
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Accept': ACCEPT,
    ...(subprotocol === undefined ? {} : { 'Sec-WebSocket-Protocol': subprotocol }),
  });
}
