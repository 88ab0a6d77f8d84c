import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { TokenwireError } from '@tokenwire/protocol';
import {
  answerClientError,
  checkHost,
  checkOrigin,
  errorHandler,
  onlyMethods,
  sendRawError,
  SERVER_OPTIONS,
  toTokenwireError,
} from '@tokenwire/server-kit';
import express, { type Express, type Response } from 'express';

import type { Destination } from './destination.js';
import { isPagePath, readTarget } from './directory.js';

/** The built page, from `src/host` as from `dist/host`. */
const WEB_ROOT = fileURLToPath(new URL('../../dist/web/', import.meta.url));

/** Nothing but what comes from here; no script in the page itself; no text becomes script. */
const POLICY = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"],
  ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  "require-trusted-types-for 'script'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
};

/** Takes over upgrades that have passed the checks. */
export type Upgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** The server of the page and its control socket. It stands behind the front, on a port of its own. */
export class PageServer implements Destination {
  readonly port: number;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(upgrade: Upgrade): Promise<PageServer> {
    const server = createServer(SERVER_OPTIONS, pageApp());
    server.on('clientError', answerClientError);
    server.on('upgrade', (req: IncomingMessage, tcp: Duplex, head: Buffer) => {
      try {
        checkHost(req, true);
        checkOrigin(req, { allowed: [], loopbackOnly: true });
        refuseLane(req);
        upgrade(req, tcp, head);
      } catch (error) {
        sendRawError(tcp, toTokenwireError(error));
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new PageServer(server);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

function pageApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((req, res, next) => {
    checkHost(req, true);
    refuseLane(req);
    res.set(HEADERS);
    next();
  });
  app.all(['/', '/icon.svg', '/assets/*path'], (req, res, next) => {
    if (req.method === 'GET' || req.method === 'HEAD') return next();
    onlyMethods('GET', 'HEAD')(req, res, next);
  });
  app.use(express.static(WEB_ROOT, { cacheControl: false, redirect: false, dotfiles: 'ignore', setHeaders: cacheFor }));
  app.use((_req, _res, next) => next(new TokenwireError('not_found', 'There is nothing at this path.')));
  app.use(errorHandler(() => {}));
  return app;
}

/** Files whose names change with their content are kept; the page itself is asked for each time. */
function cacheFor(res: Response, path: string): void {
  const named = path.startsWith(`${WEB_ROOT}assets`);
  res.setHeader('Cache-Control', named ? 'public, max-age=31536000, immutable' : 'no-cache');
}

/** A request for anything else than the page comes here when it names a lane that is not open. */
function refuseLane({ url = '' }: IncomingMessage): void {
  const { path, lane } = readTarget(url);
  if (lane === undefined || isPagePath(path)) return;
  throw new TokenwireError('not_found', 'This lane is not open; the page opens a lane before it uses it.');
}
