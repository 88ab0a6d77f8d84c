import { deepEqual, equal, notEqual } from 'node:assert/strict';

import { callStart, jsonPost, PACED, QUICK } from '../harness/answers.js';
import { call } from '../harness/http.js';
import { ACCEPT, askBySocket, refusalIn } from '../harness/raw-events.js';
import { read } from '../harness/reading.js';
import { SocketSession } from '../harness/socket-session.js';
import { onlyFor, type Requirement } from '../requirement.js';

export const idempotencyRequirements: readonly Requirement[] = [
  {
    id: 'same-key-same-generation',
    title: 'The same Idempotency-Key with the same body gives the same generation, however it is asked for',
    why: 'A start whose answer was lost is sent again, and must not be paid for again.',
    source: 'docs/protocol.md#idempotency',
    async run(target) {
      const key = { 'idempotency-key': crypto.randomUUID() };
      const url = `${target.url}/generations`;
      const first = await callStart(url, jsonPost(PACED, key));
      const again = await callStart(url, jsonPost(PACED, key));
      deepEqual([first.status, again.json], [201, first.json]);
      const streamed = await call(url, jsonPost(PACED, { ...key, accept: ACCEPT[target.mode] }));
      equal(streamed.headers['tokenwire-generation'], first.json.id);
      const { stream } = await read(target, { request: PACED, idempotencyKey: key['idempotency-key'] });
      equal(stream.id, first.json.id);
      const other = await callStart(url, jsonPost(PACED));
      notEqual(other.json.id, first.json.id, 'without a key it is another one');
    },
  },
  {
    id: 'same-key-other-body',
    title: 'The same Idempotency-Key with another body is answered with 409 conflict',
    why: 'Giving the old answer to a new question would be worse than an error.',
    source: 'docs/protocol.md#idempotency',
    async run(target) {
      const key = crypto.randomUUID();
      const headers = { 'idempotency-key': key, accept: ACCEPT[target.mode] };
      const url = `${target.url}/generations`;
      equal((await call(url, jsonPost(QUICK, headers))).status < 300, true);
      const refused = refusalIn(await call(url, jsonPost({ ...QUICK, prompt: 'Bye' }, headers)));
      deepEqual([refused.status, refused.error?.code, refused.error?.retryable], [409, 'conflict', false]);
    },
  },
  {
    id: 'key-in-a-message',
    title: 'An idempotencyKey in a generate message means the same as the header',
    why: 'A socket that died is replaced by another, or by a POST.',
    source: 'docs/protocol.md#idempotency',
    exempt: onlyFor(['websocket'], 'only a WebSocket starts by a message'),
    async run(target) {
      const idempotencyKey = crypto.randomUUID();
      const url = `${target.url}/generations`;
      const first = await callStart(url, jsonPost(QUICK, { 'idempotency-key': idempotencyKey }));
      const session = await SocketSession.open(target.url);
      session.say({ type: 'generate', ref: 1, request: QUICK, idempotencyKey });
      const { generation } = await session.hear('the generation', (message) => message.generation !== undefined);
      equal(generation, first.json.id);
      await session.close();
      const other = { type: 'generate', ref: 1, request: PACED, idempotencyKey };
      const { status, error } = await askBySocket(target, other);
      deepEqual([status, error?.code], [409, 'conflict']);
    },
  },
];
