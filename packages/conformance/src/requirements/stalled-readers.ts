import { equal, ok } from 'node:assert/strict';

import type { StreamEvent } from '@tokenwire/protocol';

import { at, finished, gauge, QUICK } from '../harness/answers.js';
import { checkDense, checkLog } from '../harness/check.js';
import { eventually } from '../harness/eventually.js';
import { openCall } from '../harness/http.js';
import { onLaunched } from '../harness/on-launched.js';
import { ACCEPT, eventsUrl, POLLING } from '../harness/raw-events.js';
import { eventsIn } from '../harness/raw-reading.js';
import { read } from '../harness/reading.js';
import { SocketSession } from '../harness/socket-session.js';
import type { Exemptions, Requirement } from '../requirement.js';
import type { Target } from '../target.js';

const NO_POLLS = Object.fromEntries(
  POLLING.map((mode) => [mode, 'a poller that reads nothing is sent nothing: a page has an upper size']),
) as Exemptions;

/** More than the buffers of two operating systems take. */
const HUGE = { ...QUICK, maxTokens: 100_000 } as const;

/** Longer than it takes to write all of it. */
const STALLED_MS = 1_500;

/** A reader that has asked and takes nothing. */
interface StalledReader {
  /** Takes what is there at last: the events to the end of the answer, or until the connection ended. */
  readonly wakeUp: () => Promise<readonly StreamEvent[]>;
  /** Cuts its connection. */
  readonly cut: () => void;
}

async function stall(target: Target, id: string): Promise<StalledReader> {
  if (target.mode === 'websocket') return await stallSocket(target, id);
  const headers = { accept: ACCEPT[target.mode] };
  const { body, close } = await openCall(eventsUrl(target, id, `after=${at(id, 0)}`), { headers });
  const wakeUp = async (): Promise<readonly StreamEvent[]> => {
    const parts: Buffer[] = [];
    try {
      for await (const part of body) parts.push(part);
    } catch {
      // Cut, which is what is expected.
    }
    return eventsIn(target, Buffer.concat(parts).toString());
  };
  return { wakeUp, cut: close };
}

async function stallSocket({ url }: Target, id: string): Promise<StalledReader> {
  const session = await SocketSession.open(url);
  session.say({ type: 'attach', ref: 1, after: at(id, 0) });
  await session.hear('the first event', ({ event }) => event !== undefined);
  session.pause();
  const wakeUp = async (): Promise<readonly StreamEvent[]> => {
    session.resume();
    const closed = session.closed.then(() => true);
    const ended = async (): Promise<boolean> => session.heard.at(-1)?.event?.type === 'message_stop';
    await eventually('the end', async () => (await Promise.race([closed, ended()])) || undefined);
    return session.events(1);
  };
  return { wakeUp, cut: () => session.cut() };
}

/** The same, on a huge answer that has ended, and how many readers the server counted before it. */
async function stallUncounted(target: Target): Promise<{
  readonly before: number;
  readonly readers: () => Promise<number>;
  readonly reader: StalledReader;
}> {
  const readers = (): Promise<number> => gauge(target, 'tokenwire_readers');
  const { id } = await finished(target, HUGE);
  const before = await readers();
  return { before, readers, reader: await stall(target, id) };
}

/** Readers that take nothing. */
export const stalledReaderRequirements: readonly Requirement[] = [
  {
    id: 'stalled-reader-is-dropped',
    title: 'A reader that takes nothing for the write stall is dropped, and may resume after what it got',
    why: 'A server that goes on writing to it keeps the whole answer in memory, once for each such reader.',
    source: 'docs/protocol.md#delivery',
    needs: ['launch'],
    exempt: NO_POLLS,
    async run(original) {
      await onLaunched(original, ['--write-stall-ms', '300'], async (target) => {
        const { id, text } = await finished(target, HUGE);
        const reader = await stall(target, id);
        await eventually('it is dropped', async () => (await gauge(target, 'tokenwire_readers')) === 0);
        const before = await reader.wakeUp();
        ok(
          before.length > 0 && before.at(-1)?.type !== 'message_stop',
          'it got a part of the answer, and not all of it',
        );
        checkDense(before);
        const { events: after, error, stream } = await read(target, { after: at(id, before.length) });
        equal(error, undefined);
        equal(after[0]?.seq, before.length + 1);
        ok(text.endsWith(stream.textSoFar));
      });
    },
  },
  {
    id: 'stalled-reader-catches-up',
    title: 'What a reader does not take stays in the log for as long as it stalls, and comes once when it reads again',
    why: 'Written ahead it is in memory once for each such reader; written again it is read twice.',
    source: 'docs/protocol.md#delivery',
    exempt: NO_POLLS,
    async run(target) {
      const { before, readers, reader } = await stallUncounted(target);
      const until = performance.now() + STALLED_MS;
      // Counted from the moment in which it was answered.
      do ok((await readers()) > before, 'somebody who takes nothing was written everything');
      while (performance.now() < until);
      checkLog(await reader.wakeUp());
    },
  },
  {
    id: 'stalled-reader-may-leave',
    title: 'A reader that takes nothing and then closes its connection is let go of at once',
    why: 'Whoever waits for room in a connection that is closed waits for ever, and keeps the answer running.',
    source: 'docs/protocol.md#disconnect',
    exempt: NO_POLLS,
    async run(target) {
      const { before, readers, reader } = await stallUncounted(target);
      await eventually('it is counted', async () => (await readers()) > before);
      reader.cut();
      await eventually('it is not counted any more', async () => (await readers()) <= before, LET_GO_MS);
    },
  },
];

/** Less than any write stall that a server has when it was told nothing else. */
const LET_GO_MS = 8_000;
