import { deepEqual, equal, ok } from 'node:assert/strict';

import { callSnapshot, jsonPost, PACED, SILENT, start, whileRunning } from '../harness/answers.js';
import type { Requirement } from '../requirement.js';

export const batchRequirements: readonly Requirement[] = [
  {
    id: 'batch-get',
    title: 'GET /generations/:id?wait=… answers with the snapshot when the generation has ended',
    why: 'Not everybody streams; the baseline of every comparison does not either.',
    source: 'docs/protocol.md#modes',
    async run(target) {
      const id = await start(target, PACED);
      const { json } = await callSnapshot(`${target.url}/generations/${id}?wait=20`);
      equal(json.status, 'completed');
      ok(json.text.length > 0);
      deepEqual((await callSnapshot(`${target.url}/generations/${id}`)).json, json);
    },
  },
  {
    id: 'batch-get-gives-up',
    title: 'A snapshot that is waited for in vain comes after the wait, and says that the generation runs',
    why: 'Every call settles in bounded time.',
    source: 'docs/protocol.md#modes',
    async run(target) {
      await whileRunning(target, SILENT, async (id) => {
        const { json } = await callSnapshot(`${target.url}/generations/${id}?wait=1`);
        deepEqual([json.status, json.usage, json.stopReason], ['running', null, null]);
      });
    },
  },
  {
    id: 'batch-post',
    title: 'POST /generations?wait=… starts, waits, and answers with the snapshot',
    why: 'One request, one answer: the simplest client there is.',
    source: 'docs/protocol.md#modes',
    async run(target) {
      const { status, json } = await callSnapshot(`${target.url}/generations?wait=20`, jsonPost(PACED));
      deepEqual([status, json.status, json.stopReason], [201, 'completed', 'end_turn']);
      equal(json.usage?.outputTokens, PACED.maxTokens);
    },
  },
];
