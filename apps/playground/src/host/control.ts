import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { TokenwireError } from '@tokenwire/protocol';
import { sendRawError } from '@tokenwire/server-kit';
import { WebSocketServer } from 'ws';

import { CONTROL_PATH, CONTROL_PROTOCOL, type ControlNews } from '../control-protocol.js';
import { ControlPage, type PageOptions } from './control-page.js';

/** Pages at the same time. */
const MAX_PAGES = 32;
/** Longest message of a page. */
const MAX_MESSAGE_BYTES = 16 * 1024;

/** The pages' control sockets. */
export class Control {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (offered) => offered.has(CONTROL_PROTOCOL) && CONTROL_PROTOCOL,
  });
  readonly #pages = new Set<ControlPage>();
  readonly #options: () => PageOptions;

  /** @param options asked for each page, because servers may start after this. */
  constructor(options: () => PageOptions) {
    this.#options = options;
    this.#sockets.on('wsClientError', (error, tcp) => {
      sendRawError(tcp, new TokenwireError('invalid_request', `This is no WebSocket handshake: ${error.message}.`));
    });
  }

  /** Takes over an upgrade whose Host and Origin were checked. @throws {TokenwireError} `not_found`, `invalid_request`, `overloaded`. */
  readonly upgrade = (req: IncomingMessage, tcp: Duplex, head: Buffer): void => {
    if (req.url !== CONTROL_PATH) throw new TokenwireError('not_found', 'There is nothing at this path.');
    if (!offersProtocol(req)) throw new TokenwireError('invalid_request', `Offer the protocol ${CONTROL_PROTOCOL}.`);
    if (this.#pages.size >= MAX_PAGES) {
      throw new TokenwireError('overloaded', `At most ${MAX_PAGES} pages are served; close one first.`);
    }
    this.#sockets.handleUpgrade(req, tcp, head, (socket) => {
      const page = new ControlPage(socket, this.#options());
      this.#pages.add(page);
      socket.on('close', () => this.#pages.delete(page));
    });
  };

  /** Tells all pages. */
  tell(news: ControlNews): void {
    for (const page of this.#pages) page.tell(news);
  }

  close(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }
}

function offersProtocol({ headers }: IncomingMessage): boolean {
  const offered = headers['sec-websocket-protocol'] ?? '';
  return offered.split(',').some((name) => name.trim() === CONTROL_PROTOCOL);
}
