import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { main } from '../src/cli/main.js';
import { diagnose, event, everyGap, GOOD_HEADERS, problemsIn, serve } from './support.js';

/** Runs the command in this process. */
async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const paper = { colour: false, transient: false };
  const status = await main(args, {
    out: { ...paper, write: (text) => void (out += text) },
    err: { ...paper, write: (text) => void (err += text) },
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

describe('the command line', () => {
  test.each([
    [[]],
    [['ftp://host/']],
    [['http://a.example', 'http://b.example']],
    [['http://user:secret@host/']],
    [['http://host/', '--idle', '-1']],
    [['http://host/', '--limit', '0']],
    [['http://host/', '--limit', '1e3']],
    [['http://host/', '--header', 'no colon']],
    [['http://host/', '--header', 'X: a\r\nY: b']],
    [['http://host/', '--accept', 'a\nb']],
    [['http://host/', '--method', 'GET', '--data', '{}']],
    [['http://host/', '--origin', 'https://app.example/path']],
    [['http://host/', '--unknown']],
  ])('%j is no usage: status 2', async (args) => {
    const { status, out, err } = await run(...args);
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(/tokenwire-doctor <url>/);
    expect(err).not.toContain('secret');
  });

  test('--help', async () => {
    const { status, out } = await run('--help');
    expect(status).toBe(0);
    expect(out).toMatch(/--idle/);
  });

  test('0 for a healthy stream, with a picture of it', async () => {
    const { url, close } = await serve((req, res) => {
      if (req.headers['x-key'] !== 'k' || req.method !== 'POST') return void res.writeHead(401).end();
      res.writeHead(200, GOOD_HEADERS).flushHeaders();
      void everyGap(15, 80, (text) => res.write(text)).then(() => res.end());
    });
    const { status, out, err } = await run(url, '--header', 'X-Key: k', '--data', '{}');
    close();
    expect(out).toMatch(/✓ POST \/feed .*status 200/);
    expect(out).toMatch(/[▁▂▃▄▅▆▇█]/u);
    expect(out).toMatch(/Healthy/);
    expect([status, err]).toEqual([0, '… reading POST /feed\n']);
  });

  test('1 for a stream that is harmed, with the line that repairs it; nothing of the server is obeyed', async () => {
    // Node refuses other control characters in headers; these are the terminal's too, in eight bits.
    const evil = 'https://evil.example/\u009B31m';
    const head = `HTTP/1.1 302 Found\r\nServer: nginx\r\nLocation: ${evil}\r\nContent-Length: 0\r\n\r\n`;
    const { url, close } = await serve((_req, res) => void res.socket?.end(head, 'latin1'));
    const { status, out } = await run(url);
    close();
    expect(status).toBe(1);
    expect(out).toMatch(/✗ The URL leads elsewhere/);
    expect(out).toMatch(/nginx +location with and without/);
    expect(out).toContain(String.raw`https://evil.example/\x9b31m`);
    expect(out).not.toMatch(/[^\P{Cc}\n]/u);
  });

  test('3 for a refusal, whose body is shown and not obeyed', async () => {
    const { url, close } = await serve((_req, res) => void res.writeHead(404).end('no\u001B[2J\u202Esuch thing'));
    const { status, out } = await run(url);
    close();
    expect(status).toBe(3);
    expect(out).toContain(String.raw`no\x1b[2J\u{202e}such thing`);
  });

  test('3 when there is nobody', async () => {
    const { url, close } = await serve(() => {});
    close();
    const { status, out } = await run(url);
    expect([status, /ECONNREFUSED/.test(out)]).toEqual([3, true]);
  });

  test('--json gives one document', async () => {
    const { url, close } = await serve((_req, res) => void res.writeHead(502, { server: 'nginx' }).end());
    const { status, out } = await run(url, '--json');
    close();
    const document = JSON.parse(out) as Record<string, unknown>;
    expect(status).toBe(1);
    expect(document).toMatchObject({
      ...{ version: 1, verdict: 'harmed', server: 'other', alpn: null, hops: ['nginx'] },
      probes: [{ name: 'GET /feed', judged: false, status: 502 }],
      problems: [{ problem: 'bad-gateway', severity: 'harm', probes: ['GET /feed'] }],
      machine: { node: process.version },
    });
  });

  test('a chat completions URL gets a streaming question', async () => {
    let asked = '';
    const { url, close } = await serve((req, res) => {
      req.on('data', (text: Buffer) => (asked += text.toString()));
      req.on('end', () => {
        res.writeHead(200, GOOD_HEADERS).flushHeaders();
        void everyGap(15, 80, (text) => res.write(text)).then(() => res.end());
      });
    });
    const { status } = await run(new URL('/v1/chat/completions', url).href);
    close();
    expect(JSON.parse(asked)).toMatchObject({ stream: true });
    expect(status).toBe(0);
  });

  test('Ctrl-C ends it soon, with status 130 and no report', async () => {
    const { url, close } = await serve((_req, res) => {
      res.writeHead(200, GOOD_HEADERS).flushHeaders();
      res.write(event(0));
    });
    const bin = fileURLToPath(new URL('../bin/tokenwire-doctor.js', import.meta.url));
    const child = spawn(process.execPath, [bin, url, '--limit', '600'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    child.stdout.on('data', (text: Buffer) => (out += text.toString()));
    await once(child.stderr, 'data');
    child.kill('SIGINT');
    const [status] = (await once(child, 'exit')) as [number | null];
    close();
    expect([status, out]).toEqual([130, '']);
  });
});

describe('over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenwire-doctor-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let tls: { key: Buffer; cert: Buffer };

  beforeAll(async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
    await promisify(execFile)('openssl', [...args, '-keyout', key, '-out', cert]);
    tls = { key: readFileSync(key), cert: readFileSync(cert) };
  });

  interface Res {
    writeHead(status: number, headers: Record<string, string>): unknown;
    write(text: string): unknown;
    end(): unknown;
  }
  const stream = (_req: unknown, res: Res): void => {
    res.writeHead(200, GOOD_HEADERS);
    void everyGap(20, 80, (text) => res.write(text)).then(() => res.end());
  };
  const held = (_req: unknown, res: Res): void => {
    res.writeHead(200, GOOD_HEADERS);
    const texts: string[] = [];
    void everyGap(20, 80, (text) => texts.push(text)).then(() => {
      for (const text of texts) res.write(text);
      return res.end();
    });
  };

  async function over(version: 'h2' | 'http/1.1', listener: typeof stream, insecure = true) {
    const server =
      version === 'h2' ? createSecureServer({ ...tls, allowHTTP1: true }, listener) : createHttpsServer(tls, listener);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/feed`;
    const diagnosis = await diagnose(url, { insecure });
    server.close();
    return diagnosis;
  }

  test('HTTP/2 is spoken where the server does, and judged alike', async () => {
    const healthy = await over('h2', stream);
    expect([problemsIn(healthy), healthy.verdict, healthy.alpn]).toEqual([[], 'healthy', 'h2']);
    expect(healthy.probes[0]?.answer?.httpVersion).toBe('2.0');
    expect(problemsIn(await over('h2', held))).toEqual(['buffered']);
  });

  test('HTTP/1.1 is told as a risk', async () => {
    const diagnosis = await over('http/1.1', stream);
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['no-http2'], 'healthy']);
  });

  test('a certificate that nobody knows is refused', async () => {
    const diagnosis = await over('h2', stream, false);
    expect([problemsIn(diagnosis), diagnosis.verdict]).toEqual([['no-connection'], 'unknown']);
    expect(diagnosis.findings[0]?.evidence[0]).toMatch(/SELF_SIGNED/);
  });
});
