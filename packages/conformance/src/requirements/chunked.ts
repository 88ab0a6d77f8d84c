import { equal, match, ok } from 'node:assert/strict';

import { ended, finished, gauge, jsonPost, QUICK, start, stop, ENDLESS } from '../harness/answers.js';
import { eventually } from '../harness/eventually.js';
import { call, openCall } from '../harness/http.js';
import { eventsUrl } from '../harness/raw-events.js';
import { onlyFor, type Requirement } from '../requirement.js';
import { UGLY } from './content.js';

const ONLY = onlyFor(['chunked'], 'plain text and NDJSON are the chunked transport’s own forms');
const TEXT = { accept: 'text/plain' } as const;

/** So slowly that the halves of an emoji are written apart, on a busy machine too. */
const TORN = { ...UGLY, maxTokens: 90, cadence: { ttftMs: 0, tokensPerSecond: 30, jitter: 0 } };

export const chunkedRequirements: readonly Requirement[] = [
  {
    id: 'ndjson-lines',
    title: 'A chunked answer is NDJSON: one event per line, in chunks, ended by the empty chunk',
    why: 'A line is the whole contract: any language reads it with its standard library.',
    source: 'docs/protocol.md#modes',
    exempt: ONLY,
    async run(target) {
      const { id, cursor } = await finished(target);
      const { headers, text, complete } = await call(eventsUrl(target, id), {
        headers: { accept: 'application/x-ndjson' },
      });
      equal(headers['content-type'], 'application/x-ndjson');
      equal(headers['transfer-encoding'], 'chunked');
      equal(complete, true);
      ok(text.endsWith('\n'));
      const seqs = text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { seq: number }).seq);
      equal(`${id}.${seqs.at(-1)}`, cursor);
    },
  },
  {
    id: 'plain-text',
    title: 'Accept: text/plain gives just the text of the answer',
    why: 'curl -N is how people look at a stream for the first time.',
    source: 'docs/protocol.md#modes',
    exempt: ONLY,
    async run(target) {
      for (const request of [QUICK, UGLY, TORN]) {
        const streamed = await call(`${target.url}/generations`, jsonPost(request, TEXT));
        match(String(streamed.headers['content-type']), /^text\/plain; ?charset=utf-8$/i);
        equal(streamed.complete, true);
        const { text } = await ended(target, String(streamed.headers['tokenwire-generation']));
        // UTF-8 has no form for half a surrogate pair that never finds its other half: U+FFFD stands for it.
        ok(streamed.text === Buffer.from(text).toString(), 'the body is the snapshot’s text');
      }
    },
  },
  {
    id: 'plain-text-is-cut-when-incomplete',
    title: 'Plain text of an answer that failed or was stopped is cut off, so that curl reports it',
    why: 'Plain text has no place for an error, and half an answer must not look whole.',
    source: 'docs/protocol.md#modes',
    exempt: ONLY,
    async run(target) {
      const failed = await call(`${target.url}/generations`, jsonPost({ ...QUICK, model: 'sim/error' }, TEXT));
      equal(failed.status, 200);
      equal(failed.complete, false);
      ok(failed.text.length > 0, 'the partial text is there');
      const id = await start(target, ENDLESS);
      const reading = call(eventsUrl(target, id), { headers: TEXT });
      await eventually('it is read', async () => (await gauge(target, 'tokenwire_readers')) >= 1);
      await stop(target, id);
      equal((await reading).complete, false);
    },
  },
  {
    id: 'stream-demo-plain-text',
    title: 'GET /stream?prompt=… prints the answer as plain text while it is generated',
    why: 'The first command of every tutorial must work as written.',
    source: 'docs/protocol.md#stream-demo',
    exempt: ONLY,
    async run(target) {
      const url = `${target.url}/stream?prompt=Hello&model=sim&maxTokens=20&seed=7`;
      const { status, headers, body } = await openCall(url);
      equal(status, 200);
      match(String(headers['content-type']), /^text\/plain/);
      const pieces: string[] = [];
      for await (const piece of body) pieces.push(piece.toString());
      ok(pieces.length > 3, 'it arrives in pieces');
      equal(pieces.join(''), (await ended(target, String(headers['tokenwire-generation']))).text);
    },
  },
];
