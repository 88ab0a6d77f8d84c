import { TokenwireError } from '@tokenwire/protocol';
import type { Generations } from '@tokenwire/generation-log';
import { create, jsonBody, negotiate, type TransportSettings } from '@tokenwire/server-kit';
import { Router, type RequestHandler } from 'express';

/** What this server answers without an upgrade: a generation can be started, but events need a WebSocket. */
export function plainHttpRouter(generations: Generations, settings: TransportSettings): Router {
  const router = Router();
  router.post('/generations', jsonBody, async (req, res) => {
    negotiate(req, ['application/json']);
    await create(generations, settings, req, res);
  });
  router.get(['/generations', '/generations/:id/events'], upgradeRequired);
  return router;
}

const upgradeRequired: RequestHandler = (_req, res) => {
  res.setHeader('Upgrade', 'websocket');
  // RFC 9110, section 7.8: Upgrade is a hop-by-hop header and must be named here.
  res.setHeader('Connection', 'Upgrade');
  throw new TokenwireError('upgrade_required', 'Open a WebSocket on /generations with subprotocol tokenwire.v1.');
};
