import { expect, test } from 'vitest';
import { SHORT } from '../../client-kit/test/support/answer.js';
import { drain } from '../../client-kit/test/support/read.js';
import { streamingSuite } from '../../client-kit/test/support/streaming-suite.js';
import { streamChunked } from '../src/index.js';

streamingSuite('chunked', streamChunked, '\n');

test('only a line feed ends a line', async () => {
  const events = [SHORT[0], { ...SHORT[1], note: 'a\u2028b\u2029c\u0085d' }, ...SHORT.slice(2)];
  const body = `${events.map((event) => JSON.stringify(event)).join('\r\n')}\n\n\n`;
  expect(body).toContain('\u2028');
  const fetch = async (): Promise<Response> =>
    new Response(body, { headers: { 'content-type': 'application/x-ndjson; charset=utf-8' } });
  expect((await drain(streamChunked({ url: 'http://host.test', request: {}, fetch }))).events).toEqual(events);
});
