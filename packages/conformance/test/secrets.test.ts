import { afterAll, expect, it } from 'vitest';

import { requestTo } from '../src/harness/asking-upstream.js';
import { call } from '../src/harness/http.js';
import { read } from '../src/harness/reading.js';
import { SECRET } from '../src/harness/upstream-scripts.js';
import type { Target, UpstreamModel } from '../src/index.js';
import { combinedBed } from './support.js';

const KEY = crypto.randomUUID();

const bed = await combinedBed({ env: { TOKENWIRE_COMPATIBLE_KEY: KEY } });
afterAll(() => bed.close());
const [target] = bed.targets as [Target];

const FAULTS: readonly UpstreamModel[] = [
  ...(['garbling', 'rambling', 'breaks-off', 'resetting', 'truncating'] as const),
  ...(['inflating', 'redirecting', 'rate-limited', 'failing', 'noisy'] as const),
];

it.each(FAULTS)(
  'When the upstream is "%s", its words, the prompt and the key are told to nobody and logged nowhere',
  async (model) => {
    const request = requestTo(model);
    const { events, error } = await read(target, { request });
    const calls = target.upstream?.callsFor(request.prompt) ?? [];
    expect(calls[0]?.authorization, 'the key is used').toBe(`Bearer ${KEY}`);
    const metrics = await call(`${target.url}/metrics`);
    expect(bed.server.log(), 'the log is what was read').toContain('"event":"boot"');
    const told = JSON.stringify([events, error, error?.message, metrics.text, bed.server.log()]);
    for (const inside of [KEY, SECRET, 'secret detail', request.prompt])
      expect(told.includes(inside), inside).toBe(false);
  },
);
