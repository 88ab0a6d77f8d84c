import { deepEqual, equal, ok } from 'node:assert/strict';

import { ENDLESS, gauge, jsonPost, QUICK, stop } from '../harness/answers.js';
import { eventually, within } from '../harness/eventually.js';
import { call } from '../harness/http.js';
import { refusalIn } from '../harness/raw-events.js';
import { read, readSome } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';

/** A server on which nothing happens ends at once. The limit is for busy machines, and far from a drain time of 25 s. */
const IDLE_EXIT_MS = 10_000;

/** Requirements about a server's life. The last one looks at what all others have left behind. */
export const lifecycleRequirements: readonly Requirement[] = [
  {
    id: 'health',
    title: 'GET /healthz and /readyz answer 200 while the server works, /metrics in the text form of Prometheus',
    why: 'Load balancers and people ask these before anything else.',
    source: 'docs/protocol.md#resources',
    async run({ url }) {
      for (const route of ['healthz', 'readyz']) equal((await call(`${url}/${route}`)).status, 200);
      const { status, headers, text } = await call(`${url}/metrics`);
      deepEqual([status, headers['content-type']?.startsWith('text/plain')], [200, true]);
      ok(/^tokenwire_generations_running \d+$/m.test(text));
    },
  },
  {
    id: 'sigterm-ends-cleanly',
    title: 'SIGTERM ends an idle server at once, with status 0',
    why: 'A deploy that waits for its time-out on every server takes an hour.',
    source: 'docs/protocol.md#shutdown',
    needs: ['launch'],
    async run(target) {
      const server = await target.launch?.([]);
      ok(server);
      // Used before, so that it has connections to close.
      const { error } = await read({ ...target, url: server.url }, { request: QUICK });
      equal(error, undefined);
      equal(await server.stop(IDLE_EXIT_MS), 0);
    },
  },
  {
    id: 'sigterm-drains',
    title:
      'After SIGTERM a server is not ready, refuses new answers with 503 draining, and ends when the running ones have',
    why: 'A deploy must not cut answers, and must not begin new ones.',
    source: 'docs/protocol.md#shutdown',
    needs: ['launch'],
    async run(original) {
      const server = await original.launch?.(['--drain-ms', '15000']);
      ok(server);
      const target = { ...original, url: server.url };
      const stream = target.open({ url: target.url, request: ENDLESS });
      await readSome(stream, 3);
      server.terminate();
      await eventually('not ready', async () => (await call(`${target.url}/readyz`)).status === 503);
      const answer = await call(`${target.url}/generations`, jsonPost(QUICK));
      const { status, error } = refusalIn(answer);
      deepEqual([status, error?.code, error?.retryable], [503, 'draining', true]);
      ok(Number(answer.headers['retry-after']) >= 1);
      const again = target.open({ url: target.url, after: stream.cursor });
      equal((await readSome(again, 3)).length, 3, 'the running answer goes on');
      await stop(target, stream.id ?? '');
      equal(await within(IDLE_EXIT_MS, 'it ends after its last answer', server.exited), 0);
    },
  },
  {
    id: 'sigterm-deadline',
    title: 'What still runs at the deadline is cancelled by shutdown, and the server ends with status 0',
    why: 'Some answers never end; a deploy must.',
    source: 'docs/protocol.md#shutdown',
    needs: ['launch'],
    async run(target) {
      const server = await target.launch?.(['--drain-ms', '300']);
      ok(server);
      const stream = target.open({ url: server.url, request: ENDLESS, retry: { maxAttempts: 3, baseMs: 5 } });
      let last = '';
      const reading = async (): Promise<void> => {
        for await (const event of stream) last = event.type === 'cancelled' ? event.by : event.type;
      };
      // Handled from the start: it may fail while the exit is still awaited.
      const outcome = reading().then(
        () => '',
        (error: unknown) => (error instanceof Error ? error.message : 'unknown'),
      );
      await eventually('it speaks', () => last !== '');
      server.terminate();
      equal(await within(IDLE_EXIT_MS, 'it ends at its deadline', server.exited), 0);
      const lost = await outcome;
      // Polls come and go: the last one may find nobody there any more, and then says so.
      if (lost === '') equal(last, 'shutdown');
      else ok(target.mode.endsWith('poll'), lost);
    },
  },
  {
    id: 'nothing-left-open',
    title: 'When all answers have ended and all readers have left, no generation runs and no reader is counted',
    why: 'What is left over after each answer is what a server dies of after a week.',
    source: 'docs/protocol.md#delivery',
    async run(target) {
      for (const name of ['tokenwire_generations_running', 'tokenwire_readers']) {
        await eventually(`${name} is 0`, async () => (await gauge(target, name)) === 0);
      }
    },
  },
];
