import { equal, ok } from 'node:assert/strict';

import type { GenerationRequest } from '@tokenwire/protocol';

import type { DirectionFaults } from '../fault-proxy/index.js';
import { at, gauge, PACED, QUICK, start } from '../harness/answers.js';
import { behindProxy, checkSurvives } from '../harness/behind-proxy.js';
import { eventually } from '../harness/eventually.js';
import { onLaunched } from '../harness/on-launched.js';
import { read, readToEnd } from '../harness/reading.js';
import type { Requirement } from '../requirement.js';

const SOURCE = 'docs/protocol.md#delivery';

/** After so many milliseconds without a byte a client takes its connection for dead. Scaled down from 37 500. */
const IDLE_LIMIT = { idleTimeoutMs: 800, waitSeconds: 1 } as const;

/** Characters of one to four bytes, and no token so large that single bytes would take long. */
const SHORT_UGLY: GenerationRequest = { ...QUICK, model: 'sim/ugly', maxTokens: 90 };

/** Two seconds and a half. */
const LONG: GenerationRequest = {
  ...PACED,
  maxTokens: 500,
  cadence: { ttftMs: 0, tokensPerSecond: 200, jitter: 0 },
};

/** Requirements about connections that a network breaks, delays, or takes to pieces. */
export const networkRequirements: readonly Requirement[] = [
  {
    id: 'cut-after-the-terminal-event',
    title: 'A connection that is lost after the terminal event, before its own end, is not made again',
    why: 'The answer is complete; another request would only cost, and an error would be a lie.',
    source: SOURCE,
    async run(target) {
      for (const how of ['rst', 'fin'] as const) {
        await behindProxy(target, async (proxy) => {
          let connections = 0;
          const stream = await checkSurvives(target, proxy, {
            onEvent({ type }) {
              if (type !== 'message_stop') return;
              proxy.cutAll(how);
              connections = proxy.accepted;
            },
          });
          equal(stream.status, 'completed');
          equal(stream.reconnects, 0);
          equal(proxy.accepted, connections);
        });
      }
    },
  },
  {
    id: 'half-open-towards-the-client',
    title: 'A connection on which nothing arrives any more is given up after the idle limit, and the answer continues',
    why: 'A dead phone network says nothing; without a limit a reader waits for ever.',
    source: SOURCE,
    async run(target) {
      await behindProxy(target, async (proxy) => {
        const onEvent = ({ seq }: { readonly seq: number }): void => {
          if (seq !== 20) return;
          proxy.change({ down: { blackhole: true } });
          proxy.faults = {};
        };
        const stream = await checkSurvives(target, proxy, { request: PACED, onEvent, ...IDLE_LIMIT });
        ok(stream.reconnects >= 1, 'it came back');
      });
    },
  },
  {
    id: 'half-open-towards-the-server',
    title: 'A connection on which the server hears nothing any more loses no event, and the server frees its reader',
    why: 'Each reader that only seems to be there keeps an answer running and memory in use.',
    source: SOURCE,
    needs: ['launch'],
    async run(original) {
      await onLaunched(original, ['--heartbeat-ms', '200'], async (target) => {
        await behindProxy(target, async (proxy) => {
          const onEvent = ({ seq }: { readonly seq: number }): void => {
            if (seq !== 20) return;
            proxy.change({ up: { blackhole: true } });
            proxy.faults = {};
          };
          await checkSurvives(target, proxy, { request: LONG, onEvent, ...IDLE_LIMIT });
        });
        await eventually('no reader is left', async () => (await gauge(target, 'tokenwire_readers')) === 0);
      });
    },
  },
  {
    id: 'idle-connections-that-are-killed',
    title: 'While the model thinks, signs of life keep a connection open on which a proxy kills what is idle',
    why: 'Load balancers cut what is silent for a minute, and models think for longer.',
    source: SOURCE,
    needs: ['launch'],
    async run(original) {
      // Sockets are taken for dead after two heartbeats without an answer: longer than the pauses of a busy machine.
      await onLaunched(original, ['--heartbeat-ms', '1000'], async (target) => {
        const thinking = { ...QUICK, cadence: { ttftMs: 4_000 } };
        await behindProxy(
          target,
          async (proxy) => {
            const stream = await checkSurvives(target, proxy, { request: thinking, waitSeconds: 1 });
            if (!target.mode.endsWith('poll')) equal(stream.reconnects, 0);
          },
          { idleKillMs: 3_000 },
        );
      });
    },
  },
  ...sizes(
    ['one-byte-segments', 'one byte at a time', { sliceBytes: 1 }],
    ['bulk-segments', 'in bulk, many events at once', { coalesceBytes: 64 * 1024, coalesceMs: 60 }],
    ['late-segments', 'late and unevenly', { latencyMs: 20, jitterMs: 15 }],
  ),
  {
    id: 'slow-link',
    title: 'A reader behind a slow link lags behind and gets everything; one beside it does not wait',
    why: 'The slowest reader must not set the pace of all.',
    source: SOURCE,
    async run(target) {
      await behindProxy(
        target,
        async (proxy) => {
          const id = await start(target, PACED);
          const after = at(id, 0);
          const slow = readToEnd(target.open({ url: proxy.url, after }));
          let slowEnded = false;
          void slow.finally(() => (slowEnded = true)).catch(() => {});
          const fast = await read(target, { after });
          ok(!slowEnded, 'the other reader was done first');
          const { events, error } = await slow;
          equal(error, undefined);
          equal(JSON.stringify(events), JSON.stringify(fast.events));
        },
        { down: { bytesPerSecond: 4_000 } },
      );
    },
  },
  {
    id: 'flapping-network',
    title: 'An answer survives a network that goes down every few hundred milliseconds',
    why: 'Trains have tunnels.',
    source: SOURCE,
    async run(target) {
      await behindProxy(target, async (proxy) => {
        const stopFlapping = proxy.flap(400, 100);
        const retry = { baseMs: 20, capMs: 200, maxAttempts: 60 };
        const stream = await checkSurvives(target, proxy, { request: LONG, retry, ...IDLE_LIMIT });
        await stopFlapping();
        ok(stream.reconnects >= 1, 'there was something to survive');
      });
    },
  },
  {
    id: 'backoff-keeps-growing',
    title:
      'Connections that are accepted and die before the first event are tried again ever more slowly, then given up',
    why: 'A server that accepts and dies would be hammered to death by its own readers.',
    source: SOURCE,
    async run(target) {
      const [baseMs, capMs, maxAttempts] = [4, 24, 50];
      const times: number[] = [];
      const faults = (index: number) => {
        times.push(performance.now());
        return index % 2 === 0 ? { refuse: true } : { down: { cutAtByte: { at: 60, how: 'fin' } as const } };
      };
      await behindProxy(
        target,
        async (proxy) => {
          const retry = { baseMs, capMs, maxAttempts };
          // Always the longest wait that jitter allows.
          const options = { url: proxy.url, request: QUICK, retry, random: () => 0.999 };
          const { error, events } = await readToEnd(target.open(options));
          equal(error?.code, 'connection_lost');
          equal(events.length, 0);
          equal(proxy.accepted, maxAttempts);
        },
        faults,
      );
      for (const [n, time] of times.slice(1).entries()) {
        const wanted = Math.min(capMs, baseMs * 2 ** n) * 0.999;
        // Timers count whole milliseconds, and may be early by one.
        ok(time - (times[n] ?? 0) >= wanted - 2, `attempt ${n + 2} came ${time - (times[n] ?? 0)} ms after the last`);
      }
    },
  },
];

function sizes(...cases: readonly (readonly [id: string, how: string, faults: DirectionFaults])[]): Requirement[] {
  return cases.map(([id, how, faults]) => ({
    id,
    title: `Bytes that come ${how} make the same events`,
    why: 'Where a packet ends says nothing; readers that rely on it work on the developer’s machine only.',
    source: SOURCE,
    async run(target) {
      await behindProxy(
        target,
        async (proxy) => {
          const stream = await checkSurvives(target, proxy, { request: SHORT_UGLY });
          equal(stream.reconnects, 0);
        },
        { up: faults, down: faults },
      );
    },
  }));
}
