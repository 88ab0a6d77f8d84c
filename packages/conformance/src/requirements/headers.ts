import { equal, match, ok } from 'node:assert/strict';

import { finished, jsonPost, QUICK, stop } from '../harness/answers.js';
import { call, openCall, type CallOptions } from '../harness/http.js';
import { ACCEPT, eventsUrl, STREAMED_HTTP } from '../harness/raw-events.js';
import { onlyFor, type Requirement } from '../requirement.js';

/** Told by every stream, so that nothing on the way stores, changes, guesses or buffers it. */
const STREAM_HEADERS = {
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  'x-content-type-options': 'nosniff',
  incremental: '?1',
} as const;

const ID = /^gen_[A-Za-z0-9]{22,}$/;

export const headerRequirements: readonly Requirement[] = [
  {
    id: 'stream-headers',
    title: 'Every stream forbids storing, transforming, buffering and sniffing, and says that it is incremental',
    why: 'One compressing or buffering proxy, and the answer arrives all at once.',
    source: 'docs/protocol.md#headers',
    exempt: onlyFor(STREAMED_HTTP, 'a poll’s answer and a handshake are no streams that a proxy could buffer'),
    async run(target) {
      const { id, cursor } = await finished(target);
      const accept = ACCEPT[target.mode];
      const requests: readonly (readonly [string, CallOptions])[] = [
        [`${target.url}/generations`, jsonPost(QUICK, { accept })],
        [eventsUrl(target, id), { headers: { accept } }],
        [eventsUrl(target, id, `after=${cursor}`), { headers: { accept } }],
        [`${target.url}/stream?prompt=Hello&model=sim&cadence=instant`, { headers: { accept } }],
      ];
      for (const [url, options] of requests) {
        const { status, headers } = await call(url, options);
        for (const [name, value] of Object.entries(STREAM_HEADERS)) equal(headers[name], value, `${name} of ${url}`);
        if (status === 200) ok(headers['content-type']?.startsWith(accept), `content type of ${url}`);
        equal(headers['content-encoding'], undefined);
        match(String(headers['tokenwire-generation']), ID);
      }
    },
  },
  {
    id: 'generation-headers',
    title: 'Every answer that starts or carries a generation names it in Location and Tokenwire-Generation',
    why: 'A client that loses the body needs the id to come back.',
    source: 'docs/protocol.md#headers',
    async run(target) {
      const { id } = await finished(target);
      const accept = ACCEPT[target.mode];
      const requests: (readonly [string, CallOptions])[] = [
        [`${target.url}/generations`, jsonPost(QUICK)],
        [`${target.url}/generations`, jsonPost(QUICK, { accept })],
        [`${target.url}/generations?wait=20`, jsonPost(QUICK)],
        [`${target.url}/generations/${id}`, {}],
        [`${target.url}/generations/${id}/stop`, { method: 'POST' }],
      ];
      if (target.mode !== 'websocket') requests.push([eventsUrl(target, id, `after=${id}.0`), { headers: { accept } }]);
      for (const [url, options] of requests) {
        const { headers } = await call(url, options);
        const named = String(headers['tokenwire-generation']);
        match(named, ID, url);
        equal(headers.location, `/generations/${named}`);
        if (url.includes(id)) equal(named, id);
      }
    },
  },
  {
    id: 'answers-are-not-stored',
    title: 'Snapshots, polls and errors are not to be stored or sniffed either',
    why: 'A cached page of a poll is an answer that stands still.',
    source: 'docs/protocol.md#headers',
    async run(target) {
      const { id } = await finished(target);
      const accept = ACCEPT[target.mode];
      for (const url of [`${target.url}/generations/${id}`, eventsUrl(target, id), `${target.url}/nowhere`]) {
        const { headers } = await call(url, { headers: { accept: url.includes('/events') ? accept : '*/*' } });
        match(String(headers['cache-control']), /^no-store\b/, url);
        equal(headers['x-content-type-options'], 'nosniff');
        equal(headers['x-powered-by'], undefined);
        equal(headers.etag, undefined);
      }
    },
  },
  {
    id: 'headers-before-the-first-token',
    title: 'The headers arrive before the first token',
    why: 'A client that knows its generation can stop it and come back, however long the model thinks.',
    source: 'docs/protocol.md#headers',
    exempt: onlyFor(STREAMED_HTTP, 'the id is in the answer to the start, which is complete before the first token'),
    async run(target) {
      const request = { ...QUICK, cadence: { ttftMs: 60_000 } };
      const { headers, close } = await openCall(
        `${target.url}/generations`,
        jsonPost(request, { accept: ACCEPT[target.mode] }),
      );
      close();
      await stop(target, String(headers['tokenwire-generation']));
    },
  },
];
