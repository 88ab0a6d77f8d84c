import { setTimeout as sleep } from 'node:timers/promises';
import { constants, createGzip, gzipSync, type Gzip } from 'node:zlib';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';

import { describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';

import type { Diagnosis, Examination, Problem } from '../src/index.js';
import { diagnose, event, everyGap, GOOD_HEADERS, problemsIn, serve, serveBytes } from './support.js';

/** Enough events for a judgement, in two seconds. */
const COUNT = 25;
const GAP_MS = 80;

async function against(listener: RequestListener, more: Partial<Examination> = {}): Promise<Diagnosis> {
  const { url, close } = await serve(listener);
  try {
    return await diagnose(url, more);
  } finally {
    close();
  }
}

async function againstBytes(head: string, more: Partial<Examination> = {}): Promise<Diagnosis> {
  const { url, close } = await serveBytes((socket) => socket.once('data', () => socket.end(head)));
  try {
    return await diagnose(url, more);
  } finally {
    close();
  }
}

const streaming =
  (headers: Record<string, string> = GOOD_HEADERS): RequestListener =>
  (_req, res) => {
    res.writeHead(200, headers).flushHeaders();
    void everyGap(COUNT, GAP_MS, (text) => res.write(text)).then(() => res.end());
  };

/** Compresses its answer for whoever accepts it, and flushes after each event or never. */
const compressing =
  (flush: boolean): RequestListener =>
  (req, res) => {
    if (!/gzip/.test(String(req.headers['accept-encoding']))) return streaming()(req, res);
    res.writeHead(200, { ...GOOD_HEADERS, 'content-encoding': 'gzip' }).flushHeaders();
    const gzip: Gzip = createGzip();
    gzip.pipe(res);
    const say = (text: string): void => {
      gzip.write(text);
      if (flush) gzip.flush(constants.Z_SYNC_FLUSH);
    };
    void everyGap(COUNT, GAP_MS, say).then(() => gzip.end());
  };

/** Gathers events and lets go of them in pieces of `size` bytes. */
const buffering =
  (size: number, headers: Record<string, string> = GOOD_HEADERS, flushHeaders = true): RequestListener =>
  (_req, res) => {
    res.writeHead(200, headers);
    if (flushHeaders) res.flushHeaders();
    let held = Buffer.alloc(0);
    const say = (text: string): void => {
      held = Buffer.concat([held, Buffer.from(text)]);
      for (; held.length >= size; held = held.subarray(size)) res.write(held.subarray(0, size));
    };
    void everyGap(COUNT, GAP_MS, (text) => say(text.repeat(5))).then(() => res.end(held));
  };

describe.concurrent('a server of unknown make', () => {
  test('that streams is healthy', async () => {
    const diagnosis = await against(streaming());
    expect(problemsIn(diagnosis)).toEqual([]);
    expect(diagnosis.verdict).toBe('healthy');
  });

  test('that never ends is judged by what came', async () => {
    const endless: RequestListener = (_req, res) => {
      res.writeHead(200, GOOD_HEADERS).flushHeaders();
      const timer = setInterval(() => res.write(event(0)), GAP_MS);
      res.on('close', () => clearInterval(timer));
    };
    const diagnosis = await against(endless, { limitMs: 2_000 });
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([[], 'healthy']);
    expect(diagnosis.probes[0]?.answer?.ending).toBe('limit');
  });

  test.each<[string, RequestListener, Problem]>([
    ['body behind early headers', buffering(Infinity), 'buffered'],
    ['everything, headers too', buffering(Infinity, GOOD_HEADERS, false), 'buffered'],
    ['4 KiB at a time', buffering(4096), 'buffered-by-size'],
    [
      '1 KiB of plain text at a time',
      buffering(1024, { ...GOOD_HEADERS, 'content-type': 'text/plain' }),
      'buffered-by-size',
    ],
    ['compressed, never flushed', compressing(false), 'compressor-holds'],
  ])('held back: %s', async (_name, listener, problem) => {
    const diagnosis = await against(listener);
    expect(problemsIn(diagnosis)).toEqual([problem]);
    expect(diagnosis.verdict).toBe('harmed');
  });

  test('compressed and flushed event by event: a risk, and healthy', async () => {
    const diagnosis = await against(compressing(true));
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['compressed'], 'healthy']);
  });

  test('several messages at a time, by a timer', async () => {
    const grouping: RequestListener = (_req, res) => {
      res.writeHead(200, GOOD_HEADERS).flushHeaders();
      const held: string[] = [];
      const timer = setInterval(() => {
        for (const text of held.splice(0)) res.write(text);
      }, 500);
      void everyGap(50, GAP_MS, (text) => held.push(text))
        .then(() => clearInterval(timer))
        .then(() => res.end(held.join('')));
    };
    expect(problemsIn(await against(grouping))).toEqual(['looks-grouped']);
  });

  test('without protection: advice, and healthy', async () => {
    const diagnosis = await against(streaming({ 'content-type': 'text/event-stream' }));
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['header-advice'], 'healthy']);
    expect(diagnosis.findings[0]?.evidence).toHaveLength(3);
  });

  test('from a cache', async () => {
    const diagnosis = await against(streaming({ ...GOOD_HEADERS, age: '31' }));
    expect(problemsIn(diagnosis)).toEqual(['cached']);
  });

  test('over HTTP/1.0', async () => {
    const { url, close } = await serveBytes((socket) => {
      socket.once('data', () => {
        const headers = Object.entries(GOOD_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
        socket.write(`HTTP/1.0 200 OK\r\n${headers.join('')}\r\n`);
        void everyGap(COUNT, GAP_MS, (text) => socket.write(text)).then(() => socket.end());
      });
    });
    const diagnosis = await diagnose(url);
    close();
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['http10'], 'harmed']);
  });

  test.each<[string, (res: ServerResponse) => void, Problem]>([
    ['after a silence', (res) => void sleep(3_000).then(() => res.destroy()), 'idle-cut'],
    ['in the middle', (res) => res.destroy(), 'cut-early'],
  ])('cut %s', async (_name, end, problem) => {
    const diagnosis = await against((_req, res) => {
      res.writeHead(200, GOOD_HEADERS).flushHeaders();
      void everyGap(COUNT, GAP_MS, (text) => res.write(text)).then(() => end(res));
    });
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([[problem], 'harmed']);
  });

  test.each<[number, Problem, Diagnosis['verdict']]>([
    [301, 'redirect', 'harmed'],
    [502, 'bad-gateway', 'harmed'],
    [503, 'bad-gateway', 'harmed'],
    [504, 'gateway-timeout', 'harmed'],
    [500, 'server-error', 'harmed'],
    [401, 'refused', 'unknown'],
    [404, 'refused', 'unknown'],
  ])('status %i', async (status, problem, verdict) => {
    const diagnosis = await against((_req, res) => void res.writeHead(status, { location: 'https://elsewhere' }).end());
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([[problem], verdict]);
  });

  test('never answers', async () => {
    const diagnosis = await against(() => {}, { limitMs: 600 });
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['no-answer'], 'harmed']);
  });

  test.each<[string, Problem]>([
    ['\u0000\u0001\u0002 garbage\r\n\r\n', 'not-http'],
    ['SSH-2.0-OpenSSH_9.2\r\n', 'not-http'],
    ['', 'not-http'],
  ])('no HTTP: %j', async (bytes, problem) => {
    const diagnosis = await againstBytes(bytes);
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([[problem], 'unknown']);
  });

  test('nobody there', async () => {
    const { url, close } = await serveBytes(() => {});
    close();
    const diagnosis = await diagnose(url);
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['no-connection'], 'unknown']);
  });

  test('a page in place of a stream, and an answer too short to judge', async () => {
    const page = await against((_req, res) => void res.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hello'));
    expect([problemsIn(page), page.verdict]).toEqual([['unclear'], 'unknown']);
    const short = await against((_req, res) => void res.writeHead(200, GOOD_HEADERS).end(event(0)));
    expect([problemsIn(short), short.verdict]).toEqual([['unclear'], 'unknown']);
  });

  test('a compressed answer that is none', async () => {
    const liar: RequestListener = (_req, res) => {
      res.writeHead(200, { ...GOOD_HEADERS, 'content-encoding': 'gzip' });
      void everyGap(COUNT, GAP_MS, (text) => res.write(text)).then(() => res.end());
    };
    expect(problemsIn(await against(liar))).toContain('not-decodable');
  });
});

describe.concurrent('an answer without end', () => {
  const MIB = 1 << 20;
  // Eight of them are a gigabyte in a megabyte.
  const bomb = gzipSync(Buffer.alloc(128 * MIB));

  test('is read up to a limit of bytes, however fast it comes', async () => {
    const flood: RequestListener = (_req, res) => {
      res.writeHead(200, GOOD_HEADERS);
      const piece = Buffer.from(event(0).repeat(500));
      const pour = (): void => {
        while (!res.destroyed && res.write(piece));
      };
      res.on('drain', pour);
      pour();
    };
    const diagnosis = await against(flood, { limitMs: 120_000 });
    const answer = diagnosis.probes[0]?.answer;
    expect(answer?.ending).toBe('limit');
    expect(answer?.wireBytes).toBeLessThan(70 * MIB);
    expect(answer?.wire.length).toBeLessThanOrEqual(20_000);
  });

  test('is decompressed up to the same limit', async () => {
    const bombing: RequestListener = (_req, res) => {
      res.writeHead(200, { ...GOOD_HEADERS, 'content-encoding': 'gzip' });
      for (let i = 0; i < 8; i += 1) res.write(bomb);
      res.end();
    };
    const diagnosis = await against(bombing, { limitMs: 120_000 });
    const answer = diagnosis.probes[0]?.answer;
    expect(answer?.contentBytes).toBeGreaterThanOrEqual(64 * MIB);
    expect(answer?.contentBytes).toBeLessThan(70 * MIB);
  });
});

describe.concurrent('a page of another origin', () => {
  const origin = 'https://app.example';
  const allowing = (headers: Record<string, string>) => against(streaming({ ...GOOD_HEADERS, ...headers }), { origin });

  test.each<[string, Record<string, string>, readonly Problem[]]>([
    ['may read what is open to all', { 'access-control-allow-origin': '*' }, []],
    ['may read what names it', { 'access-control-allow-origin': origin, vary: 'Origin' }, []],
    ['is named without Vary', { 'access-control-allow-origin': origin }, ['cors-details']],
    ['is not named', { 'access-control-allow-origin': 'https://other.example' }, ['cors-missing']],
    ['is forgotten', {}, ['cors-missing']],
    ['is named twice', { 'access-control-allow-origin': `*, ${origin}` }, ['cors-double']],
  ])('%s', async (_name, headers, problems) => {
    expect(problemsIn(await allowing(headers))).toEqual(problems);
  });

  test('must be allowed to send JSON', async () => {
    const listener =
      (allowed: string): RequestListener =>
      (req, res) => {
        const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': allowed };
        if (req.method === 'OPTIONS') return void res.writeHead(204, cors).end();
        streaming({ ...GOOD_HEADERS, ...cors })(req, res);
      };
    expect(problemsIn(await against(listener('Content-Type'), { origin, data: '{}' }))).toEqual([]);
    expect(problemsIn(await against(listener('X-Other'), { origin, data: '{}' }))).toEqual(['cors-preflight']);
  });
});

describe.concurrent('a WebSocket', () => {
  type Upgrade = (req: IncomingMessage, res: import('node:stream').Duplex) => void;

  async function withUpgrade(upgrade: Upgrade | undefined, listener: RequestListener, more: Partial<Examination> = {}) {
    const { url, server, close } = await serve(listener);
    if (upgrade !== undefined) server.on('upgrade', upgrade);
    try {
      return await diagnose(url.replace('http', 'ws'), { limitMs: 1_500, ...more });
    } finally {
      close();
    }
  }

  test('that opens and answers pings is healthy', async () => {
    const sockets = new WebSocketServer({ noServer: true });
    const diagnosis = await withUpgrade(
      (req, tcp) => {
        sockets.handleUpgrade(req, tcp, Buffer.alloc(0), (socket) => socket.send('hello'));
      },
      () => {},
    );
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([[], 'healthy']);
    for (const socket of sockets.clients) socket.terminate();
  });

  test.each([400, 404, 426, 200])('that is answered with %i in place of 101', async (status) => {
    // A server without a listener for upgrades takes them for requests, as one does that never sees the header.
    const diagnosis = await withUpgrade(undefined, (_req, res) => void res.writeHead(status).end('no'));
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['upgrade-refused'], 'harmed']);
  });

  test('that is never answered', async () => {
    const diagnosis = await withUpgrade(
      () => {},
      () => {},
      { limitMs: 600 },
    );
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['upgrade-refused'], 'harmed']);
  });

  test('whose handshake is damaged', async () => {
    const diagnosis = await withUpgrade(
      (_req, tcp) => {
        tcp.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n',
        );
      },
      () => {},
    );
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['upgrade-broken'], 'harmed']);
  });

  test('that opens and swallows frames', async () => {
    const sockets = new WebSocketServer({ noServer: true, autoPong: false });
    const diagnosis = await withUpgrade(
      (req, tcp) => sockets.handleUpgrade(req, tcp, Buffer.alloc(0), () => {}),
      () => {},
    );
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['socket-silent'], 'harmed']);
    for (const socket of sockets.clients) socket.terminate();
  });

  test('that is cut when nothing is said', async () => {
    const sockets = new WebSocketServer({ noServer: true });
    const upgrade: Upgrade = (req, tcp) => {
      sockets.handleUpgrade(req, tcp, Buffer.alloc(0), (socket) => void sleep(2_000).then(() => socket.terminate()));
    };
    const diagnosis = await withUpgrade(upgrade, () => {}, { idleMs: 10_000 });
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['idle-cut'], 'harmed']);
  });
});
