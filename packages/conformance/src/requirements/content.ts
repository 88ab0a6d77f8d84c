import { deepEqual, equal, ok } from 'node:assert/strict';

import { textOf, type StreamEvent } from '@tokenwire/protocol';

import { ended, QUICK, snapshot, start } from '../harness/answers.js';
import { checkLog, textOfAll } from '../harness/check.js';
import { HOSTILE, HOSTILE_CONTENT, MEGABYTE, MEGABYTE_CONTENT } from '../harness/hostile.js';
import { call } from '../harness/http.js';
import { ACCEPT, eventsUrl } from '../harness/raw-events.js';
import { read } from '../harness/reading.js';
import { onlyFor, type Requirement } from '../requirement.js';

/** Every entry of the hostile vocabulary, and its first token of 256 KiB. */
export const UGLY = { ...QUICK, model: 'sim/ugly', maxTokens: 150 } as const;

/** Some of what must arrive unchanged; that it is all there is a test of the vocabulary, not of a transport. */
const UGLY_PARTS = [
  '\r\n',
  '\0',
  '\u2028',
  '\ufeff',
  '[DONE]',
  'data: x\n\nevent: done',
  '\ud83d\ude00',
  '{"type":"message_stop"}',
];

/** The text of each text delta. */
function tokensOf(events: readonly StreamEvent[]): readonly string[] {
  return events.filter((event) => event.type === 'content_block_delta').map(textOf);
}

export const contentRequirements: readonly Requirement[] = [
  {
    id: 'ugly-tokens-byte-exact',
    title: 'Hostile tokens arrive unchanged: line ends, NUL, halves of emoji, framing as text, 256 KiB in one',
    why: 'Two of four servers read for this project break on a line end in a token.',
    source: 'docs/protocol.md#delivery',
    async run(target) {
      const { events, error, stream } = await read(target, { request: UGLY });
      equal(error, undefined);
      checkLog(events);
      const { text } = await snapshot(target, stream.id ?? '');
      // Not `equal`, whose message would show 300 KiB.
      ok(textOfAll(events) === text, 'the text is the snapshot’s, UTF-16 unit for UTF-16 unit');
      for (const token of UGLY_PARTS) ok(text.includes(token), `the answer contains ${JSON.stringify(token)}`);
      const again = await read(target, { after: `${stream.id}.0` });
      deepEqual(again.events, events);
      const deltas = events.filter((event) => event.type === 'content_block_delta');
      equal(deltas.length, UGLY.maxTokens, 'each token is a delta of its own');
    },
  },
  {
    id: 'hostile-content-unchanged',
    title: 'Every item of the contract’s list of hostile content arrives as the token it was, and as text nothing more',
    why: 'Framing, markup and control messages in an answer are what a model can be talked into saying.',
    source: 'docs/protocol.md#events',
    async run(target) {
      const { events, error } = await read(target, { request: HOSTILE });
      equal(error, undefined);
      checkLog(events);
      deepEqual(tokensOf(events), HOSTILE_CONTENT);
      equal(events.at(-1)?.type, 'message_stop');
    },
  },
  {
    id: 'megabyte-without-a-space',
    title: 'A token of a million characters arrives whole',
    why: 'Limits on lines, messages and pages are set with words in mind, and a base64 image has none.',
    source: 'docs/protocol.md#events',
    async run(target) {
      const { events, error } = await read(target, { request: MEGABYTE });
      equal(error, undefined);
      checkLog(events);
      // Not `deepEqual`, whose message would show all of it.
      ok(tokensOf(events).join('|') === MEGABYTE_CONTENT.join('|'), 'the tokens are unchanged');
    },
  },
  {
    id: 'same-seed-same-answer',
    title: 'The same request with the same seed gives the same events but for the id',
    why: 'A comparison of transports compares nothing if they carry different answers.',
    source: 'docs/protocol.md#request',
    async run(target) {
      const [one, other] = await Promise.all([read(target, { request: UGLY }), read(target, { request: UGLY })]);
      ok(one.stream.id !== other.stream.id);
      deepEqual(one.events.slice(1), other.events.slice(1));
    },
  },
  {
    id: 'framing-cannot-be-broken',
    title: 'No token adds, ends or changes a line of the framing',
    why: 'A model can be talked into saying anything, also the transport’s own control characters.',
    source: 'docs/protocol.md#modes',
    exempt: onlyFor(['chunked', 'sse'], 'frames and JSON documents have no lines that a token could break'),
    async run(target) {
      const id = await start(target, UGLY);
      const lastSeq = Number((await ended(target, id)).cursor.split('.')[1]);
      const answer = await call(eventsUrl(target, id, `after=${id}.0`), { headers: { accept: ACCEPT[target.mode] } });
      equal(answer.complete, true);
      const lines = answer.text.split('\n').filter((line) => line !== '' && !line.startsWith(':'));
      const perEvent = target.mode === 'sse' ? 2 : 1;
      equal(lines.length, lastSeq * perEvent);
      lines.forEach((line, index) => {
        const seq = Math.floor(index / perEvent) + 1;
        const isId = target.mode === 'sse' && index % 2 === 0;
        if (isId) return equal(line, `id: ${id}.${seq}`);
        equal((JSON.parse(line.replace(/^data: /, '')) as { seq: number }).seq, seq);
      });
    },
  },
];
