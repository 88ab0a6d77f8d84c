import { cellsOf, CLIENTS, GROUPS } from '@tokenwire/conformance';
import { MODES } from '@tokenwire/protocol';
import { afterAll, describe, it } from 'vitest';

import { startPlayground } from '../../src/index.js';

/**
 * What a front could spoil: framing, headers, bad input, ends of connections. Left out for the sake of time is what servers and
 * clients do with whole answers; and readers that stall, because another connection adds the operating system's buffers.
 */
const LEFT_OUT = new Set([
  ...['Readers', 'Departures', 'Applications', 'Stopping', 'Moments of a stop', 'Broken networks', 'Clients'],
  ...['Polling', 'Heartbeat', 'Order and completeness', 'Idempotency', 'Batch'],
]);
const requirements = Object.entries(GROUPS).flatMap(([group, some]) => (LEFT_OUT.has(group) ? [] : some));

// As in the conformance kit's own tests: no waiting for polls, and no limit to how fast a fast machine may test.
const playground = await startPlayground({
  backendArgs: [
    ...['--next-poll-ms', '100', '--retention-bytes', String(512 * 1024 * 1024)],
    ...['--streams-burst', '1000000', '--streams-per-second', '1000000'],
  ],
});
afterAll(() => playground.close());

const targets = MODES.map((mode) => ({ mode, url: playground.url, open: CLIENTS[mode], clients: CLIENTS }));
describe.each(targets)('through the front, the combined server over $mode', (target) => {
  for (const { title, run } of cellsOf(target, requirements)) it(title, run);
});
