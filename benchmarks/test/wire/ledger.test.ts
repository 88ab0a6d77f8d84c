import { describe, expect, it } from 'vitest';

import type { Read } from '../../src/drivers/driver.js';
import { CONTROLS } from '../../src/targets/controls.js';
import { OURS } from '../../src/targets/ours.js';
import { makeTrace } from '../../src/trace/trace.js';
import { measureLedger } from '../../src/wire/measure-ledger.js';
import { totalOf } from '../../src/wire/parts.js';
import { TargetServer } from '../support/target-server.js';

const load = (driver: string) => import(`../../src/drivers/${driver}.ts`) as Promise<{ readonly read: Read }>;
const { signal } = new AbortController();

/** Sixty tokens in a third of a second: some alone, some together. */
const PLAIN = makeTrace({ name: 'plain', seed: 5, tokens: 60, tokensPerSecond: 200, ttftMs: 30, jitter: 0.5 });
const HARD = ['\n', '"\\', '🎉', 'é', '\u2028', '\0', 'data: x\n\n', '{"seq":1,', ' '.repeat(200), '語'.repeat(50)];
const HOSTILE = {
  ...PLAIN,
  name: 'hostile',
  texts: PLAIN.texts.map((word, index) => word + (HARD[index % HARD.length] ?? '')),
};

describe.each([...OURS, ...CONTROLS])('the ledger of $name', (target) => {
  it.each([PLAIN, HOSTILE])('is exactly what arithmetic says, of the trace $name', async (trace) => {
    await using server = await TargetServer.start(target.server, trace);
    const { ledger, reckoned, problems } = await measureLedger({ target, url: server.url, trace, signal, load });
    expect(problems).toEqual([]);
    expect(reckoned).toBe(true);
    const { down, up } = ledger;
    expect(down.parts.payload).toBe(Buffer.byteLength(trace.texts.join('')));
    expect([totalOf(down.parts), totalOf(up.parts)]).toEqual([down.bytes, up.bytes]);
    expect(down.parts.coded + up.parts.coded + up.parts.payload).toBe(0);
  });
});

it('sees fewer chunks, and nothing else changed, when a server collects', async () => {
  const [chunked] = OURS;
  if (!chunked) throw new Error('no target');
  const ledgerWith = async (...flags: string[]) => {
    await using server = await TargetServer.start((setup) => chunked.server({ ...setup, flags }), PLAIN);
    const { ledger, problems } = await measureLedger({ target: chunked, url: server.url, trace: PLAIN, signal, load });
    expect(problems).toEqual([]);
    return ledger;
  };
  const [token, collected] = [await ledgerWith('--flush', 'token'), await ledgerWith('--flush', '1000')];
  expect(token.down.frames).toBe(token.events);
  // What is there before somebody reads waits for nothing. The answer is over within the second that is collected: all
  // the rest comes with its end.
  expect(collected.down.frames).toBe(2);
  expect(collected.down.parts).toEqual({ ...token.down.parts, framing: collected.down.parts.framing });
});
