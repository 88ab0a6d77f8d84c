import { ConnectionReader, type Span } from '@tokenwire/wire';
import { expect, it } from 'vitest';

import { CONTROLS } from '../../src/targets/controls.js';
import { OURS } from '../../src/targets/ours.js';
import type { Target } from '../../src/targets/target.js';
import { makeTrace, type Trace } from '../../src/trace/trace.js';
import { DIALECTS } from '../../src/wire/dialects.js';
import { isWhole, ledgerOf } from '../../src/wire/ledger.js';
import { add, NOTHING } from '../../src/wire/parts.js';
import { recordWire, type RecordedConnection } from '../../src/wire/recorder.js';
import { readWith, TargetServer } from '../support/target-server.js';

const PLAIN = makeTrace({ name: 'plain', seed: 6, tokens: 40, tokensPerSecond: 400, ttftMs: 20, jitter: 0.5 });
const HARD = ['\n', '"\\', '🎉', 'é', '\u2028', '\0', 'data: x\n\n', '{"seq":1,', ' '.repeat(200), '語'.repeat(50)];
const HOSTILE = {
  ...PLAIN,
  name: 'hostile',
  texts: PLAIN.texts.map((word, index) => word + (HARD[index % HARD.length] ?? '')),
};

/** Everything that an answer of this server sends and is asked. */
async function recordAnswer(target: Target, trace: Trace): Promise<readonly RecordedConnection[]> {
  await using server = await TargetServer.start(target.server, trace);
  const recorder = await recordWire(server.url);
  try {
    await readWith(target, { url: recorder.url, trace: trace.name, texts: trace.texts });
    await recorder.until(() => isWhole(recorder.connections));
    return recorder.connections;
  } finally {
    await recorder.close();
  }
}

/** What the reader of the playground makes of it. */
function readAll(connections: readonly RecordedConnection[]) {
  const spans: Span[] = [];
  let totals = { up: NOTHING, down: NOTHING };
  for (const [index, { up, down }] of connections.entries()) {
    const reader = new ConnectionReader(index);
    const said = up.map((piece) => ({ way: 'up' as const, ...piece }));
    const heard = down.map((piece) => ({ way: 'down' as const, ...piece }));
    // What is asked comes before its answer, also within one tick of the clock.
    for (const { way, bytes, atMs } of [...said, ...heard].toSorted((one, other) => one.atMs - other.atMs)) {
      spans.push(...reader.feed(way, bytes, atMs));
    }
    spans.push(...reader.end());
    totals = { up: add(totals.up, reader.totals.up), down: add(totals.down, reader.totals.down) };
  }
  return { spans, totals };
}

/** The control that speaks no HTTP is none of the reader's business. */
const SPOKEN = [...OURS, ...CONTROLS].filter(({ name }) => name !== 'net');

it.each(SPOKEN.flatMap((target) => [PLAIN, HOSTILE].map((trace) => [target.name, trace.name, target, trace] as const)))(
  'of %s, trace %s, the incremental reader books what the ledger books',
  async (_, __, target, trace) => {
    const connections = await recordAnswer(target, trace);
    const ledger = ledgerOf(connections, DIALECTS['tokenwire'] ?? (() => null));
    const { spans, totals } = readAll(connections);
    expect(spans.filter(({ kind }) => kind === 'unknown').map(({ note }) => note)).toEqual([]);
    expect(totals).toEqual({ up: ledger.up.parts, down: ledger.down.parts });
    expect(totals.down.payload).toBe(Buffer.byteLength(trace.texts.join('')));
  },
);
