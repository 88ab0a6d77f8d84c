import type { Mode } from '@tokenwire/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { explain, holdsConnection, requestsSeen, waitsInBrowser } from '../../web/src/break/connections.js';
import { stopPane, stopPanes, stoppingSince } from '../../web/src/break/stop-pane.js';
import { FakeControl, FakePane, ID } from './fakes.js';

/** Panes that stream, each with a connection, and what the host has seen. */
function streaming(...modes: readonly Mode[]) {
  const control = new FakeControl();
  const seen = requestsSeen(control as never);
  const panes = modes.map((mode, index) => new FakePane(mode, `${mode}-${index}`).answering());
  for (const { record } of panes) control.seen(record.lane, 1, 1_000);
  return { control, seen, panes };
}

/** A pane that has asked and got no answer. */
function asking(mode: Mode = 'sse'): FakePane {
  const pane = new FakePane(mode, 'late');
  pane.status('connecting');
  return pane;
}

const SIX: readonly Mode[] = ['sse', 'sse', 'sse', 'chunked', 'chunked', 'long-poll'];

describe('a pane whose request waits in the browser', () => {
  test('is told who holds the six connections', () => {
    const { seen, panes } = streaming(...SIX);
    const pane = asking();
    const { text, holders } = explain(pane, [...panes, pane], seen, 2_001) ?? {};
    expect(holders).toEqual(panes);
    expect(text).toContain('at most six HTTP/1.1 connections');
    expect(text).toContain('SSE-0, SSE-1, SSE-2, CHUNKED-3, CHUNKED-4 and LONG-POLL-5 hold them.');
    expect(text).toMatch(/WebSocket.*HTTP\/2.*one connection/);
  });

  test('is given a second before that', () => {
    const { seen, panes } = streaming(...SIX);
    const pane = asking();
    expect(explain(pane, [...panes, pane], seen, 2_000)).toBeUndefined();
  });

  test('is told about other tabs when this page does not hold all six', () => {
    const { seen, panes } = streaming('sse', 'chunked');
    expect(explain(asking(), panes, seen, 2_500)?.text).toContain(
      'SSE-0 and CHUNKED-1 hold 2 of them; other tabs of this page probably the rest.',
    );
    expect(explain(asking(), [], seen, 2_500)?.text).toContain('Other tabs of this page probably hold them.');
  });

  test('is told nothing more once the host has seen the request, however slow the answer is', () => {
    const { control, seen, panes } = streaming(...SIX);
    const pane = asking();
    // A host's 1 050 is 1 150 here.
    control.seen(pane.record.lane, 1, 1_050);
    expect(explain(pane, panes, seen, 9_000)).toBeUndefined();
    expect(holdsConnection(pane, seen)).toBe(true);
  });

  test('is one that reconnects, too: requests before that do not count', () => {
    const { control, seen, panes } = streaming(...SIX);
    const [pane = asking()] = panes;
    pane.nowMs = 5_000;
    pane.status('reconnecting');
    expect(waitsInBrowser(pane, seen)).toBe(5_000);
    expect(explain(pane, panes, seen, 6_500)?.holders).toEqual(panes.slice(1));
    // The same count again, with another one's news, is no new request.
    control.seen(pane.record.lane, 1, 6_000);
    expect(waitsInBrowser(pane, seen)).toBe(5_000);
    control.seen(pane.record.lane, 2, 6_000);
    expect(waitsInBrowser(pane, seen)).toBeUndefined();
  });

  test('waits on when its client gives the request up and makes another one', () => {
    const { control, seen, panes } = streaming(...SIX);
    const pane = asking();
    pane.nowMs = 6_000;
    pane.status('reconnecting');
    expect(explain(pane, panes, seen, 6_001)?.holders).toHaveLength(6);
    expect(pane.told).toEqual(['client: No answer in 5.0 s, tries again.']);
    // Had the first one been at the server, only the second would wait.
    control.seen(pane.record.lane, 1, 1_500);
    expect(explain(pane, panes, seen, 7_000)).toBeUndefined();
    expect(waitsInBrowser(pane, seen)).toBe(6_000);
  });

  test('is never one of a WebSocket, which browsers count apart', () => {
    const { seen, panes } = streaming(...SIX);
    expect(explain(asking('websocket'), panes, seen, 9_000)).toBeUndefined();
  });
});

describe('the next poll of a pane that answers', () => {
  test('waits in the browser when the last one was answered a second ago', () => {
    const { control, seen, panes } = streaming('long-poll', ...SIX);
    const [pane = asking()] = panes;
    control.seen(pane.record.lane, 2, 2_000, 300);
    control.seen(pane.record.lane, 2, 2_100, 600);
    expect(waitsInBrowser(pane, seen)).toBe(2_200);
    expect(holdsConnection(pane, seen)).toBe(false);
    expect(explain(pane, panes, seen, 3_200)).toBeUndefined();
    expect(explain(pane, panes, seen, 3_201)?.holders).toEqual(panes.slice(1));
    control.seen(pane.record.lane, 3, 3_300, 600);
    expect(waitsInBrowser(pane, seen)).toBeUndefined();
  });

  test('is believed to wait only when all six connections are known to be taken', () => {
    const { control, seen, panes } = streaming('long-poll', ...SIX.slice(1));
    const [pane = asking()] = panes;
    control.seen(pane.record.lane, 2, 2_000, 300);
    control.seen(pane.record.lane, 2, 2_100, 600);
    expect(explain(pane, panes, seen, 9_000)).toBeUndefined();
  });

  test('may be at the server when it was seen together with the last answer', () => {
    const { control, seen, panes } = streaming('long-poll');
    const [pane = asking()] = panes;
    control.seen(pane.record.lane, 2, 2_000, 300);
    expect(explain(pane, panes, seen, 9_000)).toBeUndefined();
  });

  test('is not there yet while the page is slow to take the events of the last one', () => {
    const { control, seen, panes } = streaming('short-poll');
    const [pane = asking()] = panes;
    control.seen(pane.record.lane, 1, 2_000, 300);
    pane.pace.delayMs = 250;
    expect(explain(pane, panes, seen, 9_000)).toBeUndefined();
  });
});

test('with long polls among them, more than six panes share the connections', () => {
  const { seen, panes } = streaming(...SIX, 'long-poll');
  expect(explain(asking(), panes, seen, 2_001)?.text).toMatch(/LONG-POLL-5 and LONG-POLL-6 share them\./);
});

test('WebSockets, short polls and ended answers hold no connection', () => {
  const { seen, panes } = streaming('websocket', 'short-poll', 'sse');
  const [, , sse = asking()] = panes;
  expect(panes.map((pane) => holdsConnection(pane, seen))).toEqual([false, false, true]);
  sse.record.endMs = 2_000;
  expect(holdsConnection(sse, seen)).toBe(false);
});

test('a stop that waits is explained as well', () => {
  const { seen, panes } = streaming('websocket', ...SIX);
  const [pane = asking()] = panes;
  expect(explain(pane, panes, seen, 3_000)).toBeUndefined();
  expect(explain(pane, panes, seen, 3_000, 1_900)?.text).toMatch(/^The request that stops this answer waits/);
  expect(explain(pane, panes, seen, 2_500, 1_900)).toBeUndefined();
});

describe('a stop', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const didOf = (panes: readonly FakePane[]) => panes.map(({ did }) => did.join(' '));

  function set(modes: readonly Mode[], late: readonly FakePane[] = []) {
    const { control, panes } = streaming(...modes);
    return { control: control as never, panes: [...panes, ...late] };
  }

  test('is simply sent while there are connections left', async () => {
    const { control, panes } = set(['sse', 'sse', 'websocket', 'websocket', 'websocket', 'websocket', 'websocket']);
    await expect(stopPane(panes[0] as FakePane, panes, control)).resolves.toMatchObject({ id: ID });
    expect(didOf(panes)).toEqual(['stop', '', '', '', '', '', '']);
  });

  test('gets the connection of the stream it ends when all are taken', async () => {
    const { control, panes } = set(SIX);
    await stopPane(panes[1] as FakePane, panes, control);
    expect(didOf(panes)).toEqual(['', 'detach stop resume', '', '', '', '']);
  });

  test('asks those who wait to step back, because they would be served first', async () => {
    const { control, panes } = set(SIX, [asking()]);
    const [stopped] = panes as [FakePane];
    await stopPane(stopped, panes, control);
    await vi.advanceTimersByTimeAsync(500);
    expect(didOf(panes)).toEqual(['detach stop resume', '', '', '', '', '', 'detach']);
    stopped.status('streaming');
    await vi.advanceTimersByTimeAsync(50);
    expect(didOf(panes)).toEqual(['detach stop resume', '', '', '', '', '', 'detach resume']);
    expect(panes[6]?.told.at(-1)).toContain('this pane steps back while SSE-0 is stopped');
  });

  test('lets those who wait go on, even if the stream does not get its connection back', async () => {
    const { control, panes } = set(SIX, [asking()]);
    await stopPane(panes[0] as FakePane, panes, control);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(panes[6]?.did).toEqual(['detach', 'resume']);
  });

  test('of a WebSocket borrows a connection from another pane', async () => {
    const { control, panes } = set([...SIX, 'websocket']);
    await stopPane(panes[6] as FakePane, panes, control);
    expect(didOf(panes)).toEqual(['', '', '', '', '', 'detach resume', 'stop']);
  });

  test('of a pane that never reached the server is just leaving', async () => {
    const pane = asking();
    const { control, panes } = set(SIX, [pane]);
    await expect(stopPane(pane, panes, control)).resolves.toBeUndefined();
    expect(didOf(panes)).toEqual(['', '', '', '', '', '', 'detach']);
  });

  test('of all leaves those first that have not reached the server, so that nobody has to step back', async () => {
    const { control, panes } = set(SIX, [asking()]);
    const ended = new FakePane('sse', 'ended');
    await expect(stopPanes([...panes, ended], control)).resolves.toEqual([]);
    expect(panes[6]?.did).toEqual(['detach']);
    for (const { did } of panes.slice(0, 6)) expect(did.filter((what) => what === 'stop')).toHaveLength(1);
    expect(ended.did).toEqual([]);
  });

  test('that fails says so, and everybody reads on', async () => {
    const { control, panes } = set(SIX);
    const pane = panes[0] as FakePane;
    const { stream } = pane;
    let sinceMs: number | undefined;
    const failing = {
      ...{ key: pane.key, title: pane.title, record: pane.record, pace: pane.pace },
      stream: () => ({
        ...stream(),
        stop: () => {
          sinceMs = stoppingSince(pane);
          return Promise.reject(new Error('no server'));
        },
      }),
    };
    await expect(stopPane(failing, [failing, ...panes.slice(1)], control)).rejects.toThrow('no server');
    expect(didOf(panes)).toEqual(['detach resume', '', '', '', '', '']);
    expect(sinceMs).toBeTypeOf('number');
    expect(stoppingSince(pane)).toBeUndefined();
  });
});
