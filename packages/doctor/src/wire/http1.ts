import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

import { pairsOf, type Framing, type Limits, type Outcome, type Request } from './exchange.js';
import { Pending } from './pending.js';
import { Recorder } from './recorder.js';

/** One HTTP/1.1 exchange on a connection of its own. Never throws. */
export function exchangeHttp1(request: Request, limits: Limits): Promise<Outcome> {
  const { url } = request;
  const secure = url.protocol === 'https:';
  // Keep-alive, as browsers have it: `Connection: close` changes what some proxies do.
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, rejectUnauthorized: limits.insecure !== true, ALPNProtocols: ['http/1.1'] })
    : new HttpAgent({ keepAlive: true });
  return new Promise((resolve) => {
    const req = requestOf(request, agent);
    const close = (): void => {
      req.destroy();
      agent.destroy();
    };
    const pending = new Pending(url, limits, close, resolve);
    req.on('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => pending.connected()));
    req.on('response', (res) => record(res, url, limits, pending));
    req.on('upgrade', (res, socket) => {
      socket.destroy();
      record(res, url, limits, pending);
    });
    req.on('error', pending.fail);
    req.end(request.body);
  });
}

function requestOf({ url, method = 'GET', headers = {}, body }: Request, agent: HttpAgent): ClientRequest {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const options = { method, headers: { ...headers, ...length }, agent };
  return agent instanceof HttpsAgent ? httpsRequest(url, options) : httpRequest(url, options);
}

function record(res: IncomingMessage, url: URL, { onUnit }: Limits, pending: Pending): void {
  const headersMs = pending.now();
  const headers = pairsOf(res.rawHeaders);
  const recorder = new Recorder({ headers }, pending.now, onUnit);
  pending.finish = (ending) => {
    pending.finish = undefined;
    const { statusCode: status = 0, httpVersion } = res;
    const about = { url, status, httpVersion, headers, headersMs, framing: framingOf(res), ending };
    void recorder.answer(about).then(pending.settle);
    res.destroy();
  };
  res.on('data', (bytes: Buffer) => {
    recorder.push(bytes);
    if (recorder.full) pending.finish?.('limit');
  });
  res.on('end', () => pending.finish?.('complete'));
  // A break shows as an error and as a close without an end.
  res.on('error', () => {});
  res.on('close', () => pending.finish?.('cut'));
}

function framingOf({ headers }: IncomingMessage): Framing {
  if (/\bchunked\b/i.test(headers['transfer-encoding'] ?? '')) return 'chunked';
  return headers['content-length'] === undefined ? 'close' : 'length';
}
