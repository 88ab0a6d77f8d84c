import { type Clock, TokenwireError, systemClock } from '@tokenwire/protocol';
import { badResponse } from './errors.js';
import { postJson } from './post.js';
import { baseUrl, urlOf } from './settings.js';
import type { Attempt } from './types.js';

/** Where to get a ticket, and for whom. */
export interface TicketOptions {
  /** The server's base URL. */
  readonly url: string | URL;
  /** Say who asks: `Authorization: Bearer …`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The only generation that the ticket may read. Default: any of this user. */
  readonly generation?: string | undefined;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Milliseconds after which it gives up. Default 10 000. */
  readonly timeoutMs?: number | undefined;
  /** Default: the computer's own clock. */
  readonly clock?: Clock | undefined;
}

/**
 * `POST /tickets`: a credential for connections that cannot send headers, which are browsers' `WebSocket` and
 * `EventSource`. It works once and for at most a minute, so ask for it right before each connection.
 * @throws {TokenwireError} the server's refusal, `bad_response`, or `connection_lost`.
 */
export async function fetchTicket(options: TicketOptions): Promise<string> {
  const { clock = systemClock, fetch = globalThis.fetch, generation, headers, timeoutMs = 10_000 } = options;
  const base = baseUrl(options.url);
  const controller = new AbortController();
  const { signal } = controller;
  const cancel = clock.after(timeoutMs, () => controller.abort());
  const send: Attempt['fetch'] = (route, init) => fetch(urlOf(base, route), { ...init, redirect: 'manual', signal });
  try {
    const { ticket } = await postJson(send, '/tickets', { generation }, headers);
    if (typeof ticket !== 'string') throw badResponse('The server answered without a ticket.');
    return ticket;
  } catch (cause) {
    if (cause instanceof TokenwireError) throw cause;
    throw new TokenwireError('connection_lost', 'No ticket could be fetched.', { cause });
  } finally {
    cancel();
  }
}
