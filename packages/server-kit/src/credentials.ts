import type { IncomingMessage } from 'node:http';

import { TokenwireError } from '@tokenwire/protocol';
import type { Generations } from '@tokenwire/generation-log';
import { Router, type RequestHandler } from 'express';

import { onlyMethods } from './errors.js';
import { jsonBody, textOfBody } from './http-request.js';
import { sendJson } from './http-response.js';
import { parseJsonText } from './json-text.js';
import { parseTicketRequest } from './request-schema.js';
import type { TransportSettings } from './settings.js';
import { checkPass, type Pass } from './tickets.js';

/** Routes whose URL may carry a ticket, beside the WebSocket's upgrade. */
const TICKET_ROUTES = /^\/(generations\/[^/]+\/events|stream)\/?$/;

/**
 * Refuses requests of nobody before anything else of them is looked at: bodies, methods, paths.
 * Requests with a ticket pass: their route uses the ticket up.
 */
export function requireOwner(settings: TransportSettings): RequestHandler {
  return (req, _res, next) => {
    const withTicket = TICKET_ROUTES.test(req.path) && ticketOf(req) !== undefined;
    if (!withTicket) settings.ownerOf(req);
    next();
  };
}

/**
 * Whose request this is, on a route whose URL may carry a ticket. Call it once: a ticket is used up by it.
 * @param generation what the request reads; undefined when it starts something.
 * @throws {TokenwireError} `unauthenticated`, `forbidden`.
 */
export function readerOf(req: IncomingMessage, settings: TransportSettings, generation: string | undefined): string {
  const ticket = ticketOf(req);
  if (ticket === undefined) return settings.ownerOf(req);
  const pass = passOf(ticket, settings);
  checkPass(pass, generation);
  return pass.owner;
}

/** The ticket in a request's URL. */
export function ticketOf({ url = '' }: IncomingMessage): string | undefined {
  return new URL(url, 'http://localhost').searchParams.get('ticket') ?? undefined;
}

/**
 * What a ticket stands for; it is used up by this.
 * @throws {TokenwireError} `unauthenticated`.
 */
export function passOf(ticket: string, { tickets }: TransportSettings): Pass {
  if (!tickets) throw new TokenwireError('unauthenticated', 'This server takes no tickets.');
  return tickets.redeem(ticket);
}

/** `POST /tickets`: a ticket for the one who asks. */
export function ticketRouter(generations: Generations, settings: TransportSettings): Router {
  const router = Router();
  const { tickets } = settings;
  if (!tickets) return router;
  router.post('/tickets', jsonBody, (req, res) => {
    const owner = settings.ownerOf(req);
    const { generation } = parseTicketRequest(parseJsonText(textOfBody(req)));
    if (generation !== undefined) generations.get(generation, owner);
    const ticket = tickets.issue(generation === undefined ? { owner } : { owner, generation });
    sendJson(res, 201, { ticket, expiresInMs: tickets.lifetimeMs });
  });
  router.all('/tickets', onlyMethods('POST'));
  return router;
}
