import { PassThrough, type Writable } from 'node:stream';

import { expect, test } from 'vitest';
import * as ws from 'ws';

import { writeMessages } from '../src/frames.js';

// Exported by ws; the published types do not say so.
const { Receiver } = ws as unknown as { Receiver: new (options: object) => Writable };

/** What a WebSocket client understands of the bytes. */
async function received(messages: readonly string[]): Promise<string[]> {
  const tcp = new PassThrough({ highWaterMark: 10_000_000 });
  writeMessages(tcp, messages);
  tcp.end();
  const heard: string[] = [];
  const receiver = new Receiver({ isServer: false, maxPayload: 0 });
  receiver.on('message', (data: Buffer, isBinary: boolean) =>
    heard.push((isBinary ? 'binary ' : '') + data.toString()),
  );
  for await (const chunk of tcp) await new Promise((resolve) => receiver.write(chunk as Buffer, resolve));
  return heard;
}

test.each([0, 1, 125, 126, 127, 255, 256, 65_535, 65_536, 300_000])(
  'a message of %i bytes arrives whole',
  async (size) => {
    expect(await received(['x'.repeat(size)])).toEqual(['x'.repeat(size)]);
    const wide = 'é'.repeat(size / 2);
    expect(await received([wide])).toEqual([wide]);
  },
);

test('a batch arrives as one message each, in order, whatever the script', async () => {
  const messages = ['{"a":1}', '', 'naïve', '\u{1f600}'.repeat(40), 'x'.repeat(70_000), '\u0080\u00ff', 'end'];
  expect(await received(messages)).toEqual(messages);
});
