import { deepEqual, equal, ok } from 'node:assert/strict';

import { requestTo } from '../harness/asking-upstream.js';
import { snapshot } from '../harness/answers.js';
import { checkLog, textOfAll } from '../harness/check.js';
import { read } from '../harness/reading.js';
import { CUT_DELTAS, HOSTILE_DELTAS } from '../harness/upstream-content.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

const SOURCE = 'docs/protocol.md#events';

/** Reads what `model` says, and checks that each of `deltas` came as a delta of its own, unit for unit. */
async function checkExact(target: Target, model: 'hostile' | 'dripping', deltas: readonly string[]): Promise<void> {
  const { events, stream, error } = await read(target, { request: requestTo(model) });
  equal(error, undefined);
  checkLog(events);
  const texts = events.flatMap((event) => (event.type === 'content_block_delta' ? [textOfAll([event])] : []));
  equal(texts.length, deltas.length);
  // Not `deepEqual`, whose message would show a megabyte.
  texts.forEach((text, index) =>
    ok(text === deltas[index], `delta ${index}: ${JSON.stringify(deltas[index]?.slice(0, 40))}`),
  );
  ok((await snapshot(target, stream.id ?? '')).text === deltas.join(''), 'and so does the snapshot');
}

export const upstreamContentRequirements: readonly Requirement[] = [
  {
    id: 'upstream-noise-is-ignored',
    title: 'Empty deltas, chunks with usage only, unknown fields, comments and data after the end make no events',
    why: 'An event without content is a token for whoever counts, and one after the end breaks every reader.',
    source: SOURCE,
    needs: ['upstream'],
    async run(target) {
      const { events, error, stream } = await read(target, { request: requestTo('noisy') });
      equal(error, undefined);
      const text = (seq: number, text: string) => ({
        seq,
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'text_delta', text },
      });
      deepEqual(events, [
        { seq: 1, type: 'message_start', id: stream.id, model: 'compatible/noisy' },
        { seq: 2, type: 'content_block_start', index: 0, block: { type: 'text' } },
        text(3, 'one '),
        text(4, 'two '),
        text(5, 'three'),
        { seq: 6, type: 'content_block_stop', index: 0 },
        { seq: 7, type: 'message_delta', stopReason: 'end_turn', usage: { inputTokens: 11, outputTokens: 3 } },
        { seq: 8, type: 'message_stop' },
      ]);
    },
  },
  {
    id: 'upstream-content-byte-exact',
    title: 'Whatever a model says arrives unchanged: framing, line ends, NUL, BOM, markup, halves of emoji, a megabyte',
    why: 'A model can be talked into saying anything, and what it says is nobody’s to change.',
    source: SOURCE,
    needs: ['upstream'],
    run: (target) => checkExact(target, 'hostile', HOSTILE_DELTAS),
  },
  {
    id: 'upstream-bytes-split-anywhere',
    title: 'An upstream whose characters arrive byte by byte is understood like one that sends them whole',
    why: 'Networks cut where they like; a half character that is decoded by itself is lost.',
    source: SOURCE,
    needs: ['upstream'],
    run: (target) => checkExact(target, 'dripping', CUT_DELTAS),
  },
];
