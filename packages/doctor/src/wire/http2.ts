import { connect, constants, type ClientHttp2Stream } from 'node:http2';

import { pairsOf, type Limits, type Outcome, type Request } from './exchange.js';
import { Pending } from './pending.js';
import { Recorder } from './recorder.js';

const { HTTP2_HEADER_METHOD, HTTP2_HEADER_PATH, HTTP2_HEADER_STATUS, NGHTTP2_NO_ERROR } = constants;

/** One exchange over HTTP/2 on a connection of its own, for `https:` where the server has chosen it. Never throws. */
export function exchangeHttp2(request: Request, limits: Limits): Promise<Outcome> {
  const { url, method = 'GET', headers = {}, body } = request;
  return new Promise((resolve) => {
    const session = connect(url.origin, { rejectUnauthorized: limits.insecure !== true });
    const pending = new Pending(url, limits, () => session.destroy(), resolve);
    session.on('error', pending.fail);
    session.once('connect', () => {
      pending.connected();
      const path = `${url.pathname}${url.search}`;
      const stream = session.request({ ...headers, [HTTP2_HEADER_METHOD]: method, [HTTP2_HEADER_PATH]: path });
      stream.on('error', pending.fail);
      stream.on('response', (_fields, _flags, raw?: readonly string[]) => {
        record(stream, pairsOf(raw ?? []), url, limits, pending);
      });
      stream.end(body);
    });
  });
}

function record(
  stream: ClientHttp2Stream,
  all: readonly (readonly [string, string])[],
  url: URL,
  { onUnit }: Limits,
  pending: Pending,
): void {
  const headersMs = pending.now();
  const headers = all.filter(([name]) => !name.startsWith(':'));
  const status = Number(all.find(([name]) => name === HTTP2_HEADER_STATUS)?.[1] ?? 0);
  const recorder = new Recorder({ headers }, pending.now, onUnit);
  pending.finish = (ending) => {
    pending.finish = undefined;
    const about = { url, status, httpVersion: '2.0', headers, headersMs, framing: 'h2', ending } as const;
    void recorder.answer(about).then(pending.settle);
  };
  stream.on('data', (bytes: Buffer) => {
    recorder.push(bytes);
    if (recorder.full) pending.finish?.('limit');
  });
  stream.on('end', () => pending.finish?.(stream.rstCode === NGHTTP2_NO_ERROR ? 'complete' : 'cut'));
  stream.on('close', () => pending.finish?.('cut'));
}
