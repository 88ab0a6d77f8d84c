import { Agent, request, type IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip } from 'node:zlib';

import type { Call, Sink } from './driver.js';
import { EventReader, Splitter } from './event-reader.js';

/** Options of the lean HTTP readers. */
export interface LeanHttpOptions {
  /** `generate`: `POST /generations`, as on our servers. `get`: `GET /?stream=<n>`, as on controls. Default `generate`. */
  readonly opening?: 'generate' | 'get';
  /** Content coding that is asked for, and has to come. Default none. */
  readonly coding?: Coding;
}

export type Coding = 'gzip' | 'br';

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
  const events = new EventReader(sink);
  const parts = new Splitter(separator, (part) => {
    const json = jsonOf(part);
    if (json !== undefined) events.read(json);
  });
  return readBody(call, sink, {
    accept,
    hear(piece) {
      parts.hear(piece);
      return events.finished;
    },
  });
}

/** What is done with a body as it comes. */
export interface Listener {
  readonly accept: string;
  /** Gets text as it comes. Returns whether the answer is over; throws when it failed. */
  readonly hear: (piece: string) => boolean;
  /** Whether an answer may end here with its body; default: no. */
  readonly mayEnd?: () => boolean;
  /** Looks at the response before its body. */
  readonly open?: (res: IncomingMessage) => void;
}

/**
 * Reads a streamed body as text.
 * @throws when the server refuses, the body ends before the answer, or `hear` throws.
 */
export function readBody(
  call: Call,
  sink: Sink,
  { accept, hear, mayEnd = () => false, open }: Listener,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const { coding } = call.options as LeanHttpOptions;
    const req = ask(call, accept);
    req.on('error', reject);
    req.on('response', (res) => {
      sink.headers();
      if (res.statusCode !== 200) return req.destroy(new Error(`the server answered ${res.statusCode}`));
      if (res.headers['content-encoding'] !== coding) return req.destroy(new Error('the server compresses otherwise'));
      open?.(res);
      res.on('error', reject);
      const body = decoded(res, coding).setEncoding('utf8').on('error', reject);
      body.on('end', () => (mayEnd() ? resolve() : reject(new Error('the response ended before the answer'))));
      body.on('data', (piece: string) => {
        try {
          if (hear(piece)) resolve();
        } catch (error) {
          reject(error);
          req.destroy();
        }
      });
    });
  });
}

/** Text is handed on as soon as the server has flushed it. */
function decoded(res: IncomingMessage, coding: Coding | undefined): Readable {
  if (coding === undefined) return res;
  return res.pipe(coding === 'gzip' ? createGunzip({ flush: constants.Z_SYNC_FLUSH }) : createBrotliDecompress());
}

function ask({ url, stream, trace, options, signal }: Call, accept: string): Request {
  const { opening = 'generate', coding } = options as LeanHttpOptions;
  const accepts = coding === undefined ? { accept } : { accept, 'accept-encoding': coding };
  if (opening === 'get') return request(`${url}/?stream=${stream}`, { agent, signal, headers: accepts }).end();
  const body = JSON.stringify(generationRequest(trace));
  const headers = { ...accepts, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return request(`${url}/generations`, { method: 'POST', agent, signal, headers }).end(body);
}

type Request = ReturnType<typeof request>;

/** What our servers are asked for: the whole trace. */
export function generationRequest(trace: string): { model: string; prompt: string; maxTokens: number } {
  return { model: `replay/${trace}`, prompt: 'Measure', maxTokens: 100_000 };
}
