import { equal, ok } from 'node:assert/strict';

import type { Ending } from '../fault-proxy/index.js';
import { at, finished, PACED, seqOf } from '../harness/answers.js';
import { behindProxy, checkSurvives } from '../harness/behind-proxy.js';
import { read } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';
import { UGLY } from './content.js';

/**
 * Where a stream is cut, in bytes from the server: in the status line, in headers, around the first events, later.
 * `npm run test:cuts` cuts at every byte.
 */
const OFFSETS = [0, 1, 9, 60, 150, 300, 420, 431, 500, 777, 1_024, 1_999, 3_000];

/** Headers included. The answer has more than 256 KiB. */
const MOST_FOR_TEN_EVENTS = 32 * 1024;

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
          await checkSurvives(target, proxy, { request: PACED, onEvent: ({ seq }) => cut(seq) });
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
    id: 'resuming-carries-only-the-rest',
    title: 'A client that resumes is sent what it has not got yet, and not the whole answer again',
    why: 'A reader with a bad connection would pay for the beginning of its answer again and again.',
    source: 'docs/protocol.md#resources',
    async run(target) {
      // Nine tenths of it are one token.
      const { id, cursor } = await finished(target, UGLY);
      await behindProxy(target, async (proxy) => {
        const { error } = await read({ ...target, url: proxy.url }, { after: at(id, seqOf(cursor) - 10) });
        equal(error, undefined);
        ok(proxy.bytesDown < MOST_FOR_TEN_EVENTS, `${proxy.bytesDown} bytes for the last ten events`);
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
