import { equal } from 'node:assert/strict';

import { at, finished, QUICK, SILENT, whileRunning } from '../harness/answers.js';
import { eventually } from '../harness/eventually.js';
import { openCall } from '../harness/http.js';
import { onLaunched } from '../harness/on-launched.js';
import { ACCEPT, eventsUrl, POLLING } from '../harness/raw-events.js';
import { readToEnd } from '../harness/reading.js';
import { SocketSession } from '../harness/socket-session.js';
import type { Exemptions, Requirement } from '../requirement.js';
import type { Target } from '../target.js';

/** Who shows no sign of life for one interval is disconnected, so it must be longer than a busy machine's pauses. */
const HEARTBEAT_MS = 300;
const FAST_HEART = ['--heartbeat-ms', String(HEARTBEAT_MS)];
/** Sockets are taken for dead after two heartbeats without an answer: longer than the pauses of a busy machine. */
const STEADY_HEART = ['--heartbeat-ms', '1000'];
/** A silence that a client would take for a dead connection, were it not for heartbeats. */
const IDLE_TIMEOUT_MS = 3_000;
/** Events of `SILENT` before its silence. */
const SILENT_SEQ = 7;

const NO_POLLS = Object.fromEntries(
  POLLING.map((mode) => [mode, 'a poll is answered after its wait at the latest; that answer is the sign of life']),
) as Exemptions;

/** Looks at the bytes after everything has been said, until there are three heartbeats and nothing else. */
async function seeHeartbeats(target: Target, id: string): Promise<void> {
  if (target.mode === 'websocket') return await seePings(target, id);
  const beat = target.mode === 'sse' ? /^:[^\n]*\n\n/ : /^\n/;
  const headers = { accept: ACCEPT[target.mode] };
  const { body, close } = await openCall(eventsUrl(target, id, `after=${at(id, SILENT_SEQ)}`), { headers });
  let beats = 0;
  let text = '';
  for await (const piece of body) {
    text += piece.toString();
    for (; beat.test(text); beats += 1) text = text.replace(beat, '');
    if (beats >= 3) break;
  }
  close();
  equal(text, '', 'heartbeats are all there is');
}

async function seePings({ url }: Target, id: string): Promise<void> {
  const session = await SocketSession.open(url);
  session.say({ type: 'attach', ref: 1, after: at(id, SILENT_SEQ) });
  const messages = () => session.heard.filter(({ type }) => type === 'ping');
  await eventually('three pings of both kinds', () => {
    // Whoever says nothing between two pings is taken for dead.
    session.say({ type: 'pong' });
    return messages().length >= 3 && session.pings >= 3;
  });
  await session.close();
}

export const heartbeatRequirements: readonly Requirement[] = [
  {
    id: 'heartbeats-on-a-silent-stream',
    title: 'A stream on which nothing is said shows signs of life, which the application does not see',
    why: 'Proxies and clients cut what is silent, and models think for minutes.',
    source: 'docs/protocol.md#modes',
    needs: ['launch'],
    exempt: NO_POLLS,
    async run(original) {
      await onLaunched(original, FAST_HEART, async (target) => {
        await whileRunning(target, SILENT, async (id) => {
          await eventually('it falls silent', async () => {
            const { events, stream } = await tryRead(target, id);
            return stream.cursor === at(id, SILENT_SEQ) && events.length === SILENT_SEQ;
          });
          await seeHeartbeats(target, id);
        });
      });
    },
  },
  {
    id: 'heartbeats-keep-a-reader',
    title: 'A reader that hears heartbeats does not take the silence for a dead connection',
    why: 'Reconnecting every few seconds while the model thinks helps nobody.',
    source: 'docs/protocol.md#delivery',
    needs: ['launch'],
    exempt: NO_POLLS,
    async run(original) {
      await onLaunched(original, STEADY_HEART, async (target) => {
        // The first request to a new process is slow, and silent all the while.
        await finished(target);
        const cadence = { ttftMs: IDLE_TIMEOUT_MS + 1_000 };
        const stream = target.open({ url: target.url, request: { ...QUICK, cadence }, idleTimeoutMs: IDLE_TIMEOUT_MS });
        const { error, events } = await readToEnd(stream);
        equal(error, undefined);
        equal(events.at(-1)?.type, 'message_stop');
        equal(stream.reconnects, 0);
      });
    },
  },
];

/** Reads what there is, and leaves when nothing comes for a while. */
async function tryRead(target: Target, id: string): Promise<Awaited<ReturnType<typeof readToEnd>>> {
  const stream = target.open({ url: target.url, after: at(id, 0) });
  const quiet = setTimeout(() => stream.detach(), 6 * HEARTBEAT_MS);
  return await readToEnd(stream).finally(() => clearTimeout(quiet));
}
