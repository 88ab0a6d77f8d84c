import { deepEqual, equal, ok } from 'node:assert/strict';

import type { StreamEvent } from '@tokenwire/protocol';

import { ENDLESS, PACED, QUICK, seqOf, snapshot, whileRunning } from '../harness/answers.js';
import { checkLog, textOfAll } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { read, readToEnd } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';

export const orderRequirements: readonly Requirement[] = [
  {
    id: 'events-in-order-each-once',
    title: 'Events arrive in order, numbered from 1 without gaps, each once',
    why: 'Applications append what they get; a lost, doubled or swapped event is a wrong answer.',
    source: 'docs/protocol.md#events',
    async run(target) {
      for (const request of [QUICK, PACED]) {
        const { events, error } = await read(target, { request });
        equal(error, undefined);
        checkLog(events);
        equal(events.at(-1)?.type, 'message_stop');
      }
    },
  },
  {
    id: 'one-terminal-event-on-every-path',
    title: 'Exactly one terminal event ends an answer that is completed, stopped or failed',
    why: 'Nothing yet, caught up, finished and connection lost look alike without it.',
    source: 'docs/protocol.md#events',
    async run(target) {
      const failed = await read(target, { request: { ...QUICK, model: 'sim/error' } });
      checkLog(failed.events);
      equal(failed.events.at(-1)?.type, 'error');
      const stream = target.open({ url: target.url, request: ENDLESS });
      let stopping: Promise<unknown> | undefined;
      const cancelled = await readToEnd(stream, () => {
        stopping ??= stream.stop();
      });
      await stopping;
      equal(cancelled.error, undefined, 'a stopped answer is no error');
      checkLog(cancelled.events);
      equal(cancelled.events.at(-1)?.type, 'cancelled');
    },
  },
  {
    id: 'text-is-the-snapshots-text',
    title: 'The text deltas joined are the text of the snapshot',
    why: 'An application that streams and one that waits must show the same answer.',
    source: 'docs/protocol.md#resources',
    async run(target) {
      const { events, stream } = await read(target, { request: PACED });
      const { text, status, cursor, stopReason, usage } = await snapshot(target, stream.id ?? '');
      equal(textOfAll(events), text);
      equal(stream.textSoFar, text);
      equal(stream.cursor, cursor);
      equal(status, 'completed');
      const end = events.find((event) => event.type === 'message_delta');
      deepEqual({ stopReason, usage }, { stopReason: end?.stopReason, usage: end?.usage });
      equal(usage?.outputTokens, PACED.maxTokens);
    },
  },
  {
    id: 'snapshot-grows',
    title: 'The snapshot of a running answer grows with it',
    why: 'Whoever looks twice and sees the same takes the answer for dead.',
    source: 'docs/protocol.md#resources',
    async run(target) {
      await whileRunning(target, ENDLESS, async (id) => {
        const first = await eventually('some text', async () => {
          const now = await snapshot(target, id);
          return now.text !== '' && now;
        });
        const text = await eventually('more text', async () => {
          const now = await snapshot(target, id);
          return seqOf(now.cursor) > seqOf(first.cursor) + 5 && now.text;
        });
        ok(text.startsWith(first.text) && text.length > first.text.length, 'the text grows with the cursor');
      });
    },
  },
  {
    id: 'blocks-open-and-close',
    title: 'Thinking, a tool call and text are blocks, numbered from 0, that open, grow and close one after the other',
    why: 'A page builds one element per block; a delta without its block has no place to go.',
    source: 'docs/protocol.md#events',
    async run(target) {
      const { events } = await read(target, { request: { ...QUICK, model: 'sim/structured', maxTokens: 60 } });
      deepEqual(blocksOf(events), ['thinking', 'tool_use', 'text']);
      const json = events.map((event) => deltaOf(event, 'input_json_delta')).join('');
      ok(typeof JSON.parse(json) === 'object', 'the fragments of the tool’s input are JSON when joined');
      const [first] = events;
      ok(first?.type === 'message_start' && first.model === 'sim/structured', 'the first event names the model');
    },
  },
];

/** The kinds of the blocks, in order. @throws when one is not opened, is opened twice or stays open. */
function blocksOf(events: readonly StreamEvent[]): string[] {
  const kinds: string[] = [];
  let open = false;
  for (const event of events) {
    if (event.type === 'content_block_start') {
      ok(!open, 'a block opens only after the one before has closed');
      kinds.push(event.block.type);
      open = true;
    }
    if (event.type === 'content_block_start' || event.type === 'content_block_delta') {
      ok(open, 'a delta belongs to an open block');
      equal(event.index, kinds.length - 1);
    }
    if (event.type === 'content_block_stop') {
      equal(event.index, kinds.length - 1);
      open = false;
    }
  }
  ok(!open, 'the last block has closed');
  return kinds;
}

function deltaOf(event: StreamEvent, type: 'input_json_delta'): string {
  return event.type === 'content_block_delta' && event.delta.type === type ? event.delta.partialJson : '';
}
