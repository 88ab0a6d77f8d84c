import type { Generations } from '@tokenwire/generation-log';
import { TokenwireError } from '@tokenwire/protocol';
import { jsonBody, onlyMethods, parseJsonText, sendJson, textOfBody } from '@tokenwire/server-kit';
import { Router } from 'express';

import type { UpstreamFault } from '../control-protocol.js';
import { MAX_STALL_MS, type UpstreamFaults } from './upstream-faults.js';

/** `POST /playground/upstream/:id`: what is to happen to the model of a running answer. For the host, which is asked by the page. */
export function faultsRouter(generations: Generations, faults: UpstreamFaults): Router {
  const router = Router();
  router.post('/playground/upstream/:id', jsonBody, (req, res) => {
    const fault = parseFault(parseJsonText(textOfBody(req)));
    // The server of the playground has no users, so every answer is the nameless owner's.
    const generation = generations.get(String(req.params['id']));
    if (generation.status !== 'running') throw new TokenwireError('conflict', 'This answer has ended.');
    const done = fault.kind === 'stall' ? faults.stall(generation.request, fault.ms) : faults.fail(generation.request);
    if (!done) throw new TokenwireError('conflict', 'The model of this answer has not begun; try again.');
    sendJson(res, 200, { ok: true });
  });
  router.all('/playground/upstream/:id', onlyMethods('POST'));
  return router;
}

/** @throws {TokenwireError} `invalid_request`. */
export function parseFault(value: unknown): UpstreamFault {
  const { kind, ms, ...rest } = (value ?? {}) as { readonly kind?: unknown; readonly ms?: unknown };
  if (Object.keys(rest).length === 0) {
    if (kind === 'error' && ms === undefined) return { kind };
    if (kind === 'stall' && Number.isInteger(ms) && Number(ms) >= 1 && Number(ms) <= MAX_STALL_MS) {
      return { kind, ms: Number(ms) };
    }
  }
  const message = `A fault is {"kind":"error"} or {"kind":"stall","ms":1 to ${MAX_STALL_MS}}.`;
  throw new TokenwireError('invalid_request', message);
}
