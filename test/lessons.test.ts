import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

/** The seven marks that every lesson file has, in this order, so that four files can be read line against line. */
const HEADINGS = ['HANDSHAKE', 'RESUME', 'FRAMING', 'BACKPRESSURE', 'HEARTBEAT', 'CANCEL', 'END'];

/** "A screen or two": beyond this a lesson is no longer short. */
const MAX_LINES = 150;

const LESSONS = ['chunked', 'sse', 'websocket', 'polling'].flatMap((transport) => [
  `apps/server-${transport}/src/${transport}.ts`,
  `packages/client-${transport}/src/${transport}.ts`,
]);

test.each(LESSONS)('%s shows the seven headings in order, on two screens', (path) => {
  const text = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
  const found = [...text.matchAll(/^\s*(?:\/\/|\*|\/\*\*)\s*([A-Z]{3,})\s+—/gm)].map((match) => match[1]);
  expect(found).toEqual(HEADINGS);
  expect(text.split('\n').length).toBeLessThanOrEqual(MAX_LINES);
});
