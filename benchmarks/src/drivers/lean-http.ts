import { Agent, request } from 'node:http';

import type { Call, Sink } from './driver.js';
import { EventReader, Splitter } from './event-reader.js';

/** Options of the lean HTTP readers. */
export interface LeanHttpOptions {
  /** `generate`: `POST /generations`, as on our servers. `get`: `GET /?stream=<n>`, as on controls. Default `generate`. */
  readonly opening?: 'generate' | 'get';
}

/** As `fetch` does it: a connection whose answer has ended is used again. */
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** How one framing becomes events. */
export interface Framing {
  readonly accept: string;
  readonly separator: string;
  /** The JSON in a part between separators; undefined for one that holds no event. */
  readonly jsonOf: (part: string) => string | undefined;
}

/**
 * Reads one answer with bare `node:http`.
 * @throws when the server refuses, the connection ends before the answer, or the answer failed.
 */
export function readHttp(call: Call, sink: Sink, { accept, separator, jsonOf }: Framing): Promise<void> {
  return new Promise((resolve, reject) => {
    const events = new EventReader(sink);
    const parts = new Splitter(separator, (part) => {
      const json = jsonOf(part);
      if (json !== undefined) events.read(json);
      if (events.finished) resolve();
    });
    const req = open(call, accept);
    req.on('error', reject);
    req.on('response', (res) => {
      sink.headers();
      if (res.statusCode !== 200) return req.destroy(new Error(`the server answered ${res.statusCode}`));
      res.setEncoding('utf8');
      res.on('error', reject);
      res.on('end', () => reject(new Error('the response ended before the answer')));
      res.on('data', (piece: string) => {
        try {
          parts.hear(piece);
        } catch (error) {
          reject(error);
          req.destroy();
        }
      });
    });
  });
}

function open({ url, stream, trace, options, signal }: Call, accept: string): Request {
  const { opening = 'generate' } = options as LeanHttpOptions;
  if (opening === 'get') return request(`${url}/?stream=${stream}`, { agent, signal, headers: { accept } }).end();
  const body = JSON.stringify(generationRequest(trace));
  const headers = { accept, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return request(`${url}/generations`, { method: 'POST', agent, signal, headers }).end(body);
}

type Request = ReturnType<typeof request>;

/** What our servers are asked for: the whole trace. */
export function generationRequest(trace: string): { model: string; prompt: string; maxTokens: number } {
  return { model: `replay/${trace}`, prompt: 'Measure', maxTokens: 100_000 };
}
