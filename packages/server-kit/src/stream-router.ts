import { TokenwireError } from '@tokenwire/protocol';
import type { Generation, Generations, StartRequest } from '@tokenwire/generation-log';
import { Router, type Request, type Response } from 'express';

import {
  checkIdempotencyKey,
  cursorOf,
  jsonBody,
  locate,
  requestFromBody,
  requestFromQuery,
  waitMsOf,
} from './http-request.js';
import { closedSignal, generationHeaders, negotiate, sendJson, streamHeaders } from './http-response.js';
import { readerOf } from './credentials.js';
import { onlyMethods } from './errors.js';
import { finished } from './snapshot.js';
import type { TransportSettings } from './settings.js';

/** What a streaming transport supplies: its content types, and how it sends a log. */
export interface StreamTransport {
  /** Content types it can answer with, the preferred one first. */
  readonly types: readonly string[];
  /** The type of `GET /stream` for clients without a preference. Default: the preferred one. */
  readonly demoType?: string;
  /** Sends everything strictly after `seq` and ends the response. */
  readonly send: (res: Response, generation: Generation, seq: number, type: string) => Promise<void>;
}

/**
 * The three routes that start or continue a stream, the same for every transport that answers over HTTP:
 * `POST /generations`, `GET /generations/:id/events`, and the demonstration `GET /stream?prompt=…`.
 */
export function streamRouter(
  generations: Generations,
  settings: TransportSettings,
  { types, demoType = types[0] ?? '', send }: StreamTransport,
): Router {
  const router = Router();
  const demoTypes = [demoType, ...types.filter((type) => type !== demoType)];

  const start = async (
    req: Request,
    res: Response,
    request: StartRequest,
    type: string,
    owner = settings.ownerOf(req),
  ): Promise<void> => {
    settings.admitStream();
    const generation = startFrom(generations, owner, req, request);
    await accepted(generation, closedSignal(res), settings);
    await send(res, generation, 0, type);
  };

  router.post('/generations', jsonBody, async (req, res) => {
    const type = negotiate(req, [...types, 'application/json']);
    if (type === 'application/json') return await create(generations, settings, req, res);
    return await start(req, res, requestFromBody(req), type);
  });

  router.get('/generations/:id/events', async (req, res) => {
    const type = negotiate(req, types);
    const where = { id: req.params.id, owner: readerOf(req, settings, req.params.id) };
    const { generation, seq } = locate(generations, cursorOf(req), where);
    if (req.method === 'HEAD') return void res.writeHead(200, streamHeaders(generation, type)).end();
    settings.admitStream();
    return await send(res, generation, seq, type);
  });

  router.get('/stream', async (req, res) => {
    const type = negotiate(req, demoTypes);
    // HEAD starts nothing: it must be safe to ask for.
    if (req.method === 'HEAD') return void res.writeHead(200, { 'Content-Type': type }).end();
    refuseCrossSite(req, res);
    // A reconnecting EventSource names its generation, so it resumes and never starts (and bills) a second one.
    const cursor = cursorOf(req);
    const owner = readerOf(req, settings, cursor?.id);
    if (cursor) {
      const { generation, seq } = locate(generations, cursor, { owner });
      settings.admitStream();
      return await send(res, generation, seq, type);
    }
    return await start(req, res, requestFromQuery(req), type, owner);
  });

  router.all('/stream', onlyMethods('GET', 'HEAD'));
  return router;
}

/** `POST /generations` with `Accept: application/json`: starts, and answers at once or, with `?wait=`, when finished. */
export async function create(
  generations: Generations,
  settings: TransportSettings,
  req: Request,
  res: Response,
): Promise<void> {
  const waitMs = waitMsOf(req);
  const generation = startFrom(generations, settings.ownerOf(req), req, requestFromBody(req));
  if (waitMs === undefined) {
    const body = { id: generation.id, cursor: `${generation.id}.0` };
    return sendJson(res, 201, body, generationHeaders(generation));
  }
  await finished(generation, waitMs, res, settings);
  return sendJson(res, 201, generation.snapshot(), generationHeaders(generation));
}

function startFrom(generations: Generations, owner: string, req: Request, request: StartRequest): Generation {
  const idempotencyKey = checkIdempotencyKey(req.headers['idempotency-key']);
  return generations.start(request, idempotencyKey === undefined ? { owner } : { owner, idempotencyKey });
}

/**
 * Until the model has accepted the request nothing was sent, so its refusal can still be an HTTP status. The client
 * counts as a reader meanwhile, until it is `gone`. A model may take its time, and a client takes silence for a lost
 * connection, so this waits for one heartbeat at most; a refusal that comes later is an `error` event.
 * @throws {TokenwireError} what the model's side failed with before its first event.
 */
export async function accepted(
  generation: Generation,
  gone: AbortSignal,
  { heartbeatMs }: Pick<TransportSettings, 'heartbeatMs'>,
): Promise<void> {
  await generation.untilBegun(gone, heartbeatMs);
  if (generation.refused && generation.failure) throw generation.failure;
}

/** A GET that starts a generation must not be triggered by an image tag on somebody else's page, unless it is allowed. */
function refuseCrossSite(req: Request, res: Response): void {
  if (req.get('sec-fetch-site') !== 'cross-site' || res.hasHeader('Access-Control-Allow-Origin')) return;
  throw new TokenwireError('forbidden', 'GET /stream is a demonstration for the same origin; use POST /generations.');
}
