import { deepEqual, equal, ok } from 'node:assert/strict';

import type { GenerationRequest } from '@tokenwire/protocol';

import { FaultProxy, type Ending } from '../fault-proxy/index.js';
import { at, callStart, jsonPost, PACED, QUICK, snapshot } from '../harness/answers.js';
import { checkLog } from '../harness/check.js';
import { read, readToEnd } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

/**
 * Where a stream is cut, in bytes from the server: in the status line, in headers, around the first events, later.
 * `npm run test:cuts` cuts at every byte.
 */
const OFFSETS = [0, 1, 9, 60, 150, 300, 420, 431, 500, 777, 1_024, 1_999, 3_000];

async function behindProxy<T>(target: Target, work: (proxy: FaultProxy) => Promise<T>): Promise<T> {
  const proxy = await FaultProxy.before(target.url);
  try {
    return await work(proxy);
  } finally {
    await proxy.close();
  }
}

/** Reads an answer, checks it against the server’s own record, and that it was started only once. */
async function checkSurvives(target: Target, proxy: FaultProxy, { request = QUICK, onEvent }: Survival): Promise<void> {
  const idempotencyKey = crypto.randomUUID();
  const { stream, events, error } = await readToEnd(
    target.open({ url: proxy.url, request, idempotencyKey }),
    ({ seq }) => onEvent?.(seq),
  );
  equal(error, undefined);
  checkLog(events);
  const id = stream.id ?? '';
  equal(stream.textSoFar, (await snapshot(target, id)).text);
  const again = await read(target, { after: at(id, 0) });
  deepEqual(events, again.events);
  const repeated = jsonPost(request, { 'idempotency-key': idempotencyKey });
  const { json } = await callStart(`${target.url}/generations`, repeated);
  equal(json.id, id, 'the cut start did not start a second generation');
}

interface Survival {
  readonly request?: GenerationRequest;
  readonly onEvent?: (seq: number) => void;
}

export const cutRequirements: readonly Requirement[] = [
  {
    id: 'cut-in-mid-answer',
    title: 'A connection that is reset or closed in mid-answer is made again, and the answer continues',
    why: 'Phones change networks, proxies restart; the application should see nothing of it.',
    source: 'docs/protocol.md#delivery',
    async run(target) {
      for (const how of ['rst', 'fin'] satisfies Ending[]) {
        await behindProxy(target, async (proxy) => {
          const cut = (seq: number): void => {
            if (seq % 20 === 5) proxy.cutAll(how);
          };
          await checkSurvives(target, proxy, { request: PACED, onEvent: cut });
          ok(proxy.accepted >= 2, 'there was a second connection');
        });
      }
    },
  },
  {
    id: 'cut-at-byte',
    title: 'A connection that is cut inside a status line, a header, a frame or an event loses and doubles nothing',
    why: 'Bytes do not end where events end; half an event must be dropped and asked for again.',
    source: 'docs/protocol.md#delivery',
    async run(target) {
      await behindProxy(target, async (proxy) => {
        for (const [index, offset] of OFFSETS.entries()) {
          proxy.cutAfterBytes(offset, index % 2 === 0 ? 'rst' : 'fin');
          await checkSurvives(target, proxy, {});
        }
      });
    },
  },
  {
    id: 'cut-before-the-first-event',
    title: 'Connections that die before the first event start one generation, not one each',
    why: 'A start that is repeated without a key is paid for twice.',
    source: 'docs/protocol.md#idempotency',
    async run(target) {
      await behindProxy(target, async (proxy) => {
        for (const _ of Array(4)) proxy.cutAfterBytes(0);
        await checkSurvives(target, proxy, {});
        ok(proxy.accepted >= 5, 'four connections died before the first byte');
      });
    },
  },
];
