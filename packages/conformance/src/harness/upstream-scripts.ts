import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

import { CUT_DELTAS, HOSTILE_DELTAS } from './upstream-content.js';
import { accept, blurt, chunk, dataOf, ENDING, mutter, refuse, speak, speakDeaf } from './upstream-wire.js';
import type { UpstreamCall } from './upstream.js';

/** One call, as a script sees it. */
export interface Scene {
  readonly call: UpstreamCall;
  readonly res: ServerResponse;
  /** How many calls with this prompt there have been, this one included. */
  readonly attempt: number;
  /** Another server, which nobody should be sent to. */
  readonly elsewhere: string;
}

/** Goes through every proxy as 50 KB and is 50 MB: no reader of text would expect it. */
const BOMB_BYTES = 50_000_000;
/** Longer than any event has to be. */
const ENDLESS_LINE = 'x'.repeat(2_000_000);
/** How long the model `late` takes to accept, in milliseconds. */
export const LATE_MS = 4_000;
/** What must not be found anywhere outside. */
export const SECRET = 'secret words of the upstream';

/** What the upstream does, by the model's name. */
export const SCRIPTS = {
  /** Ten chunks and a proper end. */
  short: ({ call, res }) => speak(call, res, 10, () => res.end(ENDING)),
  /** Speaks until the connection is closed. */
  endless: ({ call, res }) => speak(call, res, Number.POSITIVE_INFINITY, () => {}),
  /** The same, but does not hear when the other side hangs up. */
  deaf: ({ call, res }) => speakDeaf(call, res),

  'rate-limited': ({ res }) => refuse(res, 429, { 'retry-after': '30' }),
  // It asks for a short wait, so that tests do not wait for the server's own retries.
  failing: ({ res }) => refuse(res, 500, { 'retry-after-ms': '1' }),
  /** Has too much to do, then fails, then answers. */
  recovering: ({ call, res, attempt }) => {
    if (attempt === 1) refuse(res, 429, { 'retry-after-ms': '1' });
    else if (attempt === 2) refuse(res, 503, { 'retry-after-ms': '1' });
    else speak(call, res, 10, () => res.end(ENDING));
  },
  redirecting: ({ res, elsewhere }) => void res.writeHead(307, { location: elsewhere }).end(),
  /** An event stream that unpacks to a thousand times its size. */
  inflating: ({ res }) => {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    res.end(gzipSync(Buffer.alloc(BOMB_BYTES, `data: ${SECRET}\n\n`)));
  },

  /** Five chunks, then an error in the stream. */
  'breaks-off': ({ call, res }) => speak(call, res, 5, () => res.end(dataOf({ error: { message: SECRET } }))),
  /** Five chunks, then the stream ends in good order, but without reason and end marker. */
  truncating: ({ call, res }) => speak(call, res, 5, () => res.end()),
  /** Five chunks, then the connection is reset. */
  resetting: ({ call, res }) => speak(call, res, 5, () => res.socket?.resetAndDestroy()),
  /** Five chunks, then one that is not JSON. */
  garbling: ({ call, res }) => speak(call, res, 5, () => res.end(`data: {"choices":[{"delta":"${SECRET}\n\n`)),
  /** Five chunks, then a line that has no end. */
  rambling: ({ call, res }) => speak(call, res, 5, () => void res.write(`data: ${SECRET} ${ENDLESS_LINE}`)),

  /** Takes the request, and accepts it only after a while. */
  late: ({ call, res }) => {
    const accepting = setTimeout(() => speak(call, res, 10, () => res.end(ENDING)), LATE_MS);
    res.on('close', () => clearTimeout(accepting));
  },
  /** Takes the request and never answers it. */
  mute: () => {},
  /** Accepts, and says nothing but that it is there. */
  hesitating: ({ res }) => {
    accept(res);
    mutter(res, `: keep-alive\n\n${chunk({ role: 'assistant', content: '' })}`);
  },
  /** Five chunks at once, then silence. */
  stalling: ({ call, res }) => blurt(call, res, 5),
  /** Five chunks at once, then nothing but signs of life. */
  muttering: ({ call, res }) => {
    blurt(call, res, 5);
    mutter(res, `: keep-alive\n\n${chunk({ content: '' })}`);
  },

  /** Three words among everything that is no content; and something after the end. */
  noisy: ({ res }) => {
    accept(res);
    res.write(`: ${SECRET}\n\nevent: ping\ndata: {"choices":[]}\n\nretry: 1\nid: 7\n\n`);
    res.write(chunk({ role: 'assistant', content: '' }) + chunk({ content: null }) + chunk({}));
    for (const content of ['one ', 'two ', 'three'])
      res.write(
        chunk({ content: '' }) + chunk({ content, unknown: { deep: [1] } }) + dataOf({ choices: [], other: 1 }),
      );
    res.write(chunk({}, 'stop') + dataOf({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 3 } }));
    res.end(`data: [DONE]\n\n${chunk({ content: SECRET })}data: not JSON\n\n`);
  },
  /** Everything hostile, a delta each. */
  hostile: ({ res }) => {
    accept(res);
    res.end(HOSTILE_DELTAS.map((content) => chunk({ content })).join('') + ENDING);
  },
  /** Every character of several bytes in two pieces, with time between them: what is written together is read together. */
  dripping: ({ res }) => {
    accept(res);
    const bytes = Buffer.from(CUT_DELTAS.map((content) => chunk({ content })).join('') + ENDING);
    let from = 0;
    const drip = (): void => {
      if (res.destroyed) return;
      // 0xC0 and above begin a character of several bytes.
      const lead = bytes.findIndex((byte, at) => at >= from && byte >= 0xc0);
      if (lead < 0) return void res.end(bytes.subarray(from));
      res.write(bytes.subarray(from, lead + 1));
      from = lead + 1;
      setTimeout(drip, 20);
    };
    drip();
  },
} as const satisfies Record<string, (scene: Scene) => void>;
