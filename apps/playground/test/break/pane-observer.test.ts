import { describe, expect, test, vi } from 'vitest';

import { observerOf } from '../../web/src/break/pane-observer.js';
import { watchLine } from '../../web/src/break/watch-line.js';
import { FakeControl, FakePane, event } from './fakes.js';

const COUNTS = '0 lost, 0 doubled';

describe('a cut', () => {
  test('is told from the line to the first event after it', () => {
    const pane = new FakePane('sse').answering(84);
    pane.observer.did('Cut (FIN).');
    pane.nowMs += 2;
    pane.cut('fin');
    pane.nowMs += 12;
    pane.status('reconnecting');
    pane.nowMs += 260;
    pane.status('streaming');
    pane.nowMs += 3;
    pane.take(event(85), event(86));
    expect(pane.told).toEqual([
      'you: Cut (FIN).',
      'line: Closed every connection of this pane in good order (FIN).',
      'client: Noticed after 12 ms: the connection ended before the answer did. Tries again.',
      'client: Connected again over SSE after 260 ms, asked for everything after event 84.',
      `client: Event 85 came 3 ms later: ${COUNTS}.`,
    ]);
    expect(pane.record.incidents.map(({ atMs }) => atMs)).toEqual([1_000, 1_002, 1_014, 1_274, 1_277]);
  });

  test('of several connections is one cut', () => {
    const pane = new FakePane().answering();
    pane.cut('rst');
    pane.cut('rst', pane.nowMs + 4);
    expect(pane.told).toEqual(['line: Broke every connection of this pane (RST).']);
    pane.cut('rst', pane.nowMs + 5_000);
    expect(pane.told).toHaveLength(2);
  });

  test('explains what the client noticed, also when its news comes later', () => {
    const pane = new FakePane().answering();
    pane.nowMs = 2_000;
    pane.status('reconnecting');
    expect(pane.told).toEqual(['client: Lost the connection, and tries again.']);
    pane.nowMs = 2_005;
    pane.cut('rst', 1_993);
    expect(pane.told).toEqual([
      'line: Broke every connection of this pane (RST).',
      'client: Noticed after 7 ms: the connection broke. Tries again.',
    ]);
  });

  test('explains no connection that is lost for another reason', () => {
    const pane = new FakePane().answering();
    pane.cut('fin');
    pane.status('reconnecting');
    pane.nowMs += 100;
    pane.status('streaming');
    pane.take(event(4));
    pane.nowMs += 100;
    pane.status('reconnecting');
    expect(pane.told.at(-1)).toBe('client: Lost the connection, and tries again.');
  });

  test('between two polls is noticed by nobody, and said so', () => {
    const pane = new FakePane('short-poll').answering();
    pane.cut('fin');
    pane.nowMs += 20;
    // Was under way.
    pane.take(event(4));
    pane.nowMs += 80;
    pane.take(event(5));
    expect(pane.told.slice(1)).toEqual([
      `client: Noticed nothing: event 5 came with another poll, 100 ms later: ${COUNTS}.`,
    ]);
    pane.nowMs += 5_000;
    pane.status('reconnecting');
    expect(pane.told.at(-1)).toBe('client: Lost the connection, and tries again.');
  });

  test('of a poll that is under way is noticed as anywhere', () => {
    const pane = new FakePane('long-poll').answering();
    pane.cut('rst');
    pane.nowMs += 5;
    pane.status('reconnecting');
    expect(pane.told.at(-1)).toBe('client: Noticed after 5 ms: the connection broke. Tries again.');
  });
});

test('a blackhole is noticed when the watchdog has had enough', () => {
  const pane = new FakePane().answering();
  pane.cut('blackhole');
  pane.nowMs += 5_010;
  pane.status('reconnecting');
  expect(pane.told).toEqual([
    'line: Swallows everything from now on, both ways; the connection stays open, and nobody is told.',
    'client: Noticed after 5.0 s: nothing came for too long. Gives the connection up, and tries again.',
  ]);
});

test('a tab that wakes up looks at once', () => {
  const pane = new FakePane().answering();
  pane.cut('blackhole');
  pane.nowMs += 3_000;
  pane.observer.woke('The tab wakes up.');
  pane.nowMs += 1;
  pane.status('reconnecting');
  expect(pane.told.slice(1)).toEqual([
    'you: The tab wakes up.',
    'client: Looked 1 ms after waking: nothing had come for a minute of its clock. Gives the connection up, and tries again.',
  ]);
});

test('what was lost or doubled is counted, not assumed', () => {
  const pane = new FakePane().answering(3);
  pane.cut('fin');
  pane.status('reconnecting');
  pane.status('streaming');
  pane.take(event(3), event(6));
  expect(pane.told.at(-1)).toBe('client: Event 3 came 0 ms later: 0 lost, 1 doubled.');
  pane.take(event(7, 'stop'));
  expect(pane.told.at(-1)).toBe('client: The answer is complete with event 7: 2 lost, 1 doubled.');
});

test('a change of transport is told with the cursor it was given', () => {
  const pane = new FakePane('sse').answering(9);
  pane.record.mode = 'websocket';
  pane.status('connecting');
  pane.nowMs += 15;
  pane.status('streaming');
  pane.nowMs += 2;
  pane.take(event(10));
  expect(pane.told).toEqual([
    'client: Connected over WebSocket after 15 ms, asked for everything after event 9.',
    `client: Event 10 came 2 ms later: ${COUNTS}.`,
  ]);
});

test('a model that falls silent is told when it speaks again, not at the token that was on its way', () => {
  const pane = new FakePane().answering();
  pane.observer.silent('Says nothing for 4.0 s.', 4_000);
  pane.nowMs += 10;
  pane.take(event(4));
  pane.nowMs += 4_000;
  pane.take(event(5), event(6));
  expect(pane.told).toEqual([
    'model: Says nothing for 4.0 s.',
    `client: Event 5 came after 4.0 s of silence, without a reconnect: ${COUNTS}.`,
  ]);
});

test('a model that fails leaves a partial text behind, and the status that comes before the event tells nothing', () => {
  const pane = new FakePane().answering();
  pane.observer.did('Model fails.');
  pane.status('failed');
  pane.take(event(4, 'error'));
  pane.settle();
  expect(pane.told.slice(1)).toEqual([
    'model: Failed in mid-answer (upstream_error): It broke.',
    `client: Got the failure as event 4. The text so far stays, marked as partial: ${COUNTS}.`,
  ]);
});

test('a client that gives up says so', () => {
  const pane = new FakePane().answering();
  pane.status('reconnecting');
  pane.status('failed');
  pane.settle();
  expect(pane.told.at(-1)).toBe(`client: Gave up after event 3. The text so far stays, marked as partial: ${COUNTS}.`);
});

test('an answer to which nothing happens tells nothing', () => {
  const pane = new FakePane().answering(20);
  pane.status('completed');
  pane.take(event(21, 'stop'));
  pane.observer.server({ type: 'server', atMs: 1, what: 'gone' });
  pane.cut('fin');
  expect(pane.told).toEqual([]);
});

test('after its end nothing concerns an answer any more', () => {
  const pane = new FakePane().answering();
  pane.observer.did('Cut (FIN).');
  pane.take(event(4, 'cancelled'));
  const told = [...pane.told];
  expect(told.at(-1)).toBe(`client: The answer was stopped with event 4: ${COUNTS}.`);
  pane.cut('fin');
  pane.observer.server({ type: 'server', atMs: 1, what: 'draining' });
  expect(pane.told).toEqual(told);
});

test('incidents stand in the order of their times, and no effect before what somebody did', () => {
  const pane = new FakePane().answering();
  pane.nowMs = 2_000;
  pane.observer.did('Server restart.');
  // The host's clock is not the page's, by a millisecond.
  pane.observer.server({ type: 'server', atMs: 1_999, what: 'draining' });
  pane.nowMs = 2_050;
  pane.status('reconnecting');
  pane.observer.server({ type: 'server', atMs: 2_020, what: 'restarted' });
  const { incidents } = pane.record;
  expect(incidents.map(({ who }) => who)).toEqual(['you', 'server', 'server', 'client']);
  expect(incidents.map(({ atMs }) => atMs)).toEqual([2_000, 2_000, 2_020, 2_050]);
});

test('conditions are told when they begin, and what they did when they end', () => {
  const pane = new FakePane().answering();
  pane.observer.began({
    ...{ id: 'slow-link', who: 'line', begins: 'Is slow.', ends: 'Is not.' },
    effect: ({ ms, events, bytes }) => `${ms} ms, ${events} events, ${bytes} bytes.`,
  });
  pane.record.bytes += 500;
  pane.nowMs += 1_000;
  pane.take(event(4), event(5));
  const tell = pane.observer.ending('slow-link');
  // What was held back, and comes as soon as nothing holds it back.
  pane.take(event(6), event(7));
  tell();
  tell();
  pane.observer.ending('slow-link')();
  expect(pane.told).toEqual(['line: Is slow.', 'line: Is not. 1000 ms, 2 events, 500 bytes.']);
});

test('conditions that outlive the answer are summed up at its end', () => {
  const pane = new FakePane().answering();
  pane.observer.began({
    ...{ id: 'slow-link', who: 'line', begins: 'Is slow.', ends: 'Is not.' },
    effect: ({ events }) => `${events} events.`,
  });
  const tell = pane.observer.ending('slow-link');
  pane.take(event(4), event(5, 'stop'));
  tell();
  pane.observer.ending('slow-link')();
  expect(pane.told).toEqual([
    'line: Is slow.',
    'line: 2 events.',
    `client: The answer is complete with event 5: ${COUNTS}.`,
  ]);
});

test('news of the host are passed on for the own lane only, in the time of the page', () => {
  const control = new FakeControl();
  const observer = { line: vi.fn(), server: vi.fn() };
  const end = watchLine(control as never, 'lane-a', observer);
  control.say({ type: 'line', lane: 'lane-b', atMs: 1, what: 'cut', how: 'fin' });
  control.say({ type: 'line', lane: 'lane-a', atMs: 2, what: 'cut', how: 'rst' });
  control.say({ type: 'server', atMs: 3, what: 'gone' });
  expect(observer.line.mock.calls).toEqual([[{ type: 'line', lane: 'lane-a', atMs: 102, what: 'cut', how: 'rst' }]]);
  expect(observer.server.mock.calls).toEqual([[{ type: 'server', atMs: 103, what: 'gone' }]]);
  end();
  control.say({ type: 'server', atMs: 4, what: 'gone' });
  expect(observer.server).toHaveBeenCalledTimes(1);
});

test('the observer of a record can be found', () => {
  const pane = new FakePane();
  expect(observerOf(pane.record)).toBe(pane.observer);
});
