import { deepEqual, equal, ok } from 'node:assert/strict';

import type { TokenwireError } from '@tokenwire/protocol';

import { ENDLESS, gauge, stop } from '../harness/answers.js';
import { behindProxy } from '../harness/behind-proxy.js';
import { checkLog, refusalOf, textOfAll } from '../harness/check.js';
import type { FaultProxy } from '../fault-proxy/index.js';
import { eventually, within } from '../harness/eventually.js';
import { call } from '../harness/http.js';
import { onLaunched } from '../harness/on-launched.js';
import { askAfter, refusalIn, STREAMED_HTTP } from '../harness/raw-events.js';
import { readSome, readToEnd, type Reading } from '../harness/reading.js';
import type { RunningServer } from '../harness/server-process.js';
import type { Requirement } from '../requirement.js';
import type { Target } from '../target.js';

/** What a server says about an answer that it does not have any more. */
const GONE: ReadonlySet<string> = new Set(['404 not_found', '410 cursor_expired', '410 history_lost']);
/** Outlasts the start of a process on a busy machine. */
const STUBBORN = { maxAttempts: 2_000, baseMs: 5, capMs: 100 };

/** Reads through the proxy; after 20 events the server is killed, and a new one takes its address. */
async function readAcrossARestart(
  target: Target,
  proxy: FaultProxy,
  server: RunningServer,
): Promise<Reading & { second: RunningServer }> {
  let restart: Promise<RunningServer | undefined> | undefined;
  const replace = async (): Promise<RunningServer | undefined> => {
    await server.kill();
    const second = await target.launch?.([]);
    proxy.leadTo(second?.url ?? '');
    return second;
  };
  const stream = target.open({
    url: proxy.url,
    request: ENDLESS,
    idempotencyKey: crypto.randomUUID(),
    retry: STUBBORN,
  });
  const reading = await readToEnd(
    stream,
    ({ seq }) => {
      if (seq === 20) restart = replace();
    },
    60_000,
  );
  const second = await restart;
  ok(second);
  return { ...reading, second };
}

function checkLost({ stream, events, error }: Reading): void {
  ok(error, 'it is an error');
  ok(GONE.has(`${error.httpStatus} ${error.code}`), `and says what was lost: ${error.code}`);
  deepEqual([stream.status, stream.partial], ['failed', true]);
  equal(textOfAll(events), (error as TokenwireError & { readonly partialText?: string }).partialText);
  deepEqual(
    events.map(({ seq }) => seq),
    events.map((_, index) => index + 1),
    'what came before is kept, and nothing else was put in',
  );
}

/** Asks the new server for the old answer, in every way there is. */
async function checkForgotten(target: Target, { stream }: Reading): Promise<void> {
  const id = stream.id ?? '';
  const asked = [await askAfter(target, id, stream.cursor ?? '')];
  asked.push(refusalIn(await call(`${target.url}/generations/${id}`)));
  asked.push(refusalIn(await call(`${target.url}/generations/${id}/stop`, { method: 'POST' })));
  if (STREAMED_HTTP.includes(target.mode)) {
    // What a browser's EventSource on the demonstration's address sends when it reconnects.
    const headers = { 'last-event-id': stream.cursor ?? '' };
    asked.push(refusalIn(await call(`${target.url}/stream?prompt=Hello`, { headers })));
  }
  for (const { status, error } of asked) ok(GONE.has(`${status} ${error?.code}`), `${status} ${error?.code}`);
  for (const name of ['tokenwire_generations_kept', 'tokenwire_tokens_total', 'tokenwire_idempotency_keys'])
    equal(await gauge(target, name), 0, `nothing was started: ${name}`);
}

export const lostHistoryRequirements: readonly Requirement[] = [
  {
    id: 'killed-server-forgets-clearly',
    title: 'After a server was killed and started again, an old cursor is refused as gone, and no new answer is begun',
    why: 'A new answer glued to half an old one is the one thing that nobody notices.',
    source: 'docs/protocol.md#delivery',
    needs: ['launch'],
    async run(original) {
      await onLaunched(original, [], async (target, server) => {
        await behindProxy(server, async (proxy) => {
          const { second, ...reading } = await readAcrossARestart(target, proxy, server);
          try {
            checkLost(reading);
            await checkForgotten({ ...target, url: second.url }, reading);
          } finally {
            await second.stop();
          }
        });
      });
    },
  },
  {
    id: 'trimmed-past-a-slow-reader',
    title: 'A reader behind whom the answer was dropped gets 410 with the oldest cursor, and never a gap',
    why: 'Memory ends somewhere; a hole in the text must be told, not read over.',
    source: 'docs/protocol.md#bad-cursors',
    needs: ['launch'],
    async run(original) {
      await onLaunched(original, ['--retention-bytes', '0'], async (target) => {
        const left = target.open({ url: target.url, request: ENDLESS });
        await readSome(left, 3);
        const slow = target.open({ url: target.url, request: ENDLESS });
        const iterator = slow[Symbol.asyncIterator]();
        await iterator.next();
        for (const { id = '' } of [left, slow]) await stop(target, id);
        const none = async () => (await gauge(target, 'tokenwire_generations_running')) === 0;
        await eventually('both have ended, and were dropped', none);
        const error = await refusalOf(() => target.open({ url: target.url, after: left.cursor }).text());
        deepEqual([error.code, error.details.oldest], ['cursor_expired', null]);
        await checkWholeOrGap(iterator);
      });
    },
  },
];

/** Who was attached may get the rest, for the log lives as long as its readers; if not, it is told. */
async function checkWholeOrGap(
  iterator: ReturnType<ReturnType<Target['open']>[typeof Symbol.asyncIterator]>,
): Promise<void> {
  const events = [];
  try {
    for (;;) {
      const { value, done } = await within(20_000, 'the next event', iterator.next());
      if (done === true) return checkLog(events, 1);
      events.push(value);
    }
  } catch (error) {
    const { code, details } = error as TokenwireError;
    deepEqual([code, details.oldest], ['cursor_expired', null]);
    deepEqual(
      events.map(({ seq }) => seq),
      events.map((_, index) => index + 2),
      'no gap before it',
    );
  }
}
