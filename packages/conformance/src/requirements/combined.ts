import { deepEqual, equal, ok } from 'node:assert/strict';

import { MODES, type Mode, type StreamEvent } from '@tokenwire/protocol';

import { at, finished, PACED, QUICK, snapshot, start, whileRunning, ENDLESS } from '../harness/answers.js';
import { checkLog, textOfAll } from '../harness/check.js';
import { call } from '../harness/http.js';
import { read, readSome } from '../harness/reading.js';
import { onlyFor, type Requirement } from '../requirement.js';
import type { Target } from '../target.js';
import { UGLY } from './content.js';

/** The same server through another mode's client. */
function through(target: Target, mode: Mode): Target {
  const open = target.clients?.[mode];
  ok(open);
  return { ...target, mode, open };
}

const othersThan = (target: Target): readonly Mode[] => MODES.filter((mode) => mode !== target.mode);

/** Header or query → content type of the answer to a request for events. */
const CHOICES: readonly (readonly [query: string, headers: Record<string, string>, type: string])[] = [
  ['', { accept: 'text/event-stream' }, 'text/event-stream'],
  ['', { accept: 'application/x-ndjson' }, 'application/x-ndjson'],
  ['', { accept: '*/*' }, 'application/x-ndjson'],
  ['', {}, 'application/x-ndjson'],
  ['', { accept: 'text/plain' }, 'text/plain'],
  ['', { accept: 'application/json' }, 'application/json'],
  ['&wait=0', {}, 'application/json'],
  ['&wait=0', { accept: '*/*' }, 'application/json'],
];

export const combinedRequirements: readonly Requirement[] = [
  {
    id: 'identical-events-on-all-modes',
    title: 'One answer read over all modes at the same time is the same events on each',
    why: 'Equivalence of the transports is a test, not a hope.',
    source: 'docs/protocol.md#delivery',
    needs: ['combined'],
    async run(target) {
      for (const request of [PACED, UGLY, { ...QUICK, model: 'sim/structured', maxTokens: 60 }]) {
        const id = await start(target, request);
        const readings = await Promise.all(MODES.map((mode) => read(through(target, mode), { after: at(id, 0) })));
        const mine = readings[MODES.indexOf(target.mode)]?.events ?? [];
        checkLog(mine);
        for (const { events } of readings) deepEqual(events, mine);
      }
    },
  },
  {
    id: 'switch-transport-in-mid-answer',
    title:
      'A reader that leaves this mode in mid-answer continues on every other with its cursor, and has the same text',
    why: 'What a network lets through today, it may block tomorrow.',
    source: 'docs/protocol.md#combined-server',
    needs: ['combined'],
    async run(target) {
      const change = async (mode: Mode): Promise<void> => {
        const first = target.open({ url: target.url, request: PACED });
        const before = await readSome(first, 20);
        const { events: after, error, stream } = await read(through(target, mode), { after: first.cursor });
        equal(error, undefined);
        const all: readonly StreamEvent[] = [...before, ...after];
        checkLog(all);
        equal(textOfAll(all), (await snapshot(target, stream.id ?? '')).text, `to ${mode}`);
      };
      await Promise.all(othersThan(target).map(change));
    },
  },
  {
    id: 'stop-from-another-transport',
    title: 'A stop that comes over one mode ends the answer for the readers of all',
    why: 'The phone stops what the laptop started.',
    source: 'docs/protocol.md#stop',
    needs: ['combined'],
    async run(target) {
      await whileRunning(target, ENDLESS, async (id) => {
        const readings = othersThan(target).map((mode) => read(through(target, mode), { after: at(id, 0) }));
        const mine = target.open({ url: target.url, after: at(id, 0) });
        for await (const { seq } of mine) if (seq === 20) await mine.stop();
        for (const { events, error } of await Promise.all(readings)) {
          equal(error, undefined);
          checkLog(events);
          equal(events.at(-1)?.type, 'cancelled');
          equal(events.length, Number(mine.cursor?.split('.')[1]));
        }
      });
    },
  },
  {
    id: 'combined-chooses-by-headers',
    title: 'The combined server answers in the transport that the headers and the query ask for',
    why: 'One address for all clients, without telling them apart by their names.',
    source: 'docs/protocol.md#combined-server',
    needs: ['combined'],
    exempt: onlyFor(['chunked'], 'the choice is the server’s, so one column of the matrix asks for it'),
    async run(target) {
      const { id } = await finished(target);
      for (const [query, headers, type] of CHOICES) {
        const url = `${target.url}/generations/${id}/events?after=${id}.3${query}`;
        const answer = await call(url, { headers });
        equal(answer.status, 200);
        equal(answer.headers['content-type']?.split(';')[0], type, JSON.stringify([query, headers]));
      }
      const headers = { 'last-event-id': `${id}.3`, accept: '*/*' };
      const resumed = await call(`${target.url}/generations/${id}/events`, { headers });
      deepEqual([resumed.status, resumed.headers['content-type']?.split(';')[0]], [200, 'text/event-stream']);
    },
  },
];
