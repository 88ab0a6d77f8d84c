import type { Generations } from '@tokenwire/generation-log';
import { TokenwireError } from '@tokenwire/protocol';
import { Router, type Request } from 'express';

import { queryOf } from './http-request.js';
import { sendJson } from './http-response.js';
import type { TransportSettings } from './settings.js';

/** `GET /generations/:id/timing`: when each event was due and appended; with `?after=<seq>` those strictly after it. */
export interface TimingReport {
  readonly id: string;
  /**
   * One row an event: seq, due, appended. Times are milliseconds of `process.hrtime`, which all processes of one
   * machine share, so a client there can subtract them from its own. `due` is null for events without a timetable.
   */
  readonly events: readonly (readonly [seq: number, dueMs: number | null, appendedMs: number])[];
}

/**
 * For benchmarks only (`--timing`): token delivery latency needs to know when a token should have appeared,
 * and asking afterwards costs nothing while it is measured.
 */
export function timingRouter(generations: Generations, settings: TransportSettings): Router {
  const router = Router();
  router.get('/generations/:id/timing', (req, res) => {
    const { id, log } = generations.get(req.params.id, settings.ownerOf(req));
    const offsetMs = Number(process.hrtime.bigint()) / 1e6 - generations.clock.now();
    const events = log.take(afterOf(req), Number.POSITIVE_INFINITY).map(({ seq }): TimingReport['events'][number] => {
      const { dueMs, appendedMs } = log.timing(seq);
      return [seq, Number.isNaN(dueMs) ? null : dueMs + offsetMs, appendedMs + offsetMs];
    });
    sendJson(res, 200, { id, events } satisfies TimingReport);
  });
  return router;
}

/** @throws {TokenwireError} `invalid_request` for what is no seq. */
function afterOf(req: Request): number {
  const after = queryOf(req).get('after') ?? '0';
  if (/^(0|[1-9]\d{0,14})$/.test(after)) return Number(after);
  throw new TokenwireError('invalid_request', 'after must be the seq of an event, or 0.');
}
