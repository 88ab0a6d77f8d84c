import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { FAULT_DEFAULTS, type Fault, nothingToBreak } from '../../web/src/break/fault.js';
import { FAULTS, FAULT_GROUPS } from '../../web/src/break/faults.js';
import { forgetLine, standing } from '../../web/src/break/standing.js';
import { aim, strike } from '../../web/src/break/strike.js';
import { FakeControl, FakePane, ID, event } from './fakes.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const faultOf = (id: string): Fault => {
  const fault = FAULTS.find((one) => one.id === id);
  if (!fault) throw new Error(`There is no fault ${id}.`);
  return fault;
};

const down = { coalesceBytes: 8_192, coalesceMs: 1_500 };
const slow = { bytesPerSecond: 1_000, latencyMs: 200 };

describe('the table', () => {
  test('has every fault that the page promises, each once and in words', () => {
    const ids = FAULTS.map(({ id }) => id);
    expect(ids).toEqual([
      ...['cut-fin', 'cut-rst', 'blackhole', 'slow-link', 'buffering-proxy'],
      ...['slow-reader', 'sleeping-tab', 'switch-transport'],
      ...['server-restart', 'upstream-stall', 'upstream-error', 'repair'],
    ]);
    expect(new Set(FAULTS.map(({ title }) => title)).size).toBe(FAULTS.length);
    for (const { does, shows } of FAULTS) {
      for (const sentence of [does, shows]) expect(sentence).toMatch(/^[A-Z].{20,260}\.$/);
    }
    expect(FAULT_GROUPS.every(({ title, faults }) => title !== '' && faults.length > 0)).toBe(true);
    expect(FAULTS.filter(({ perPane }) => !perPane).map(({ id }) => id)).toEqual(['server-restart']);
  });

  test.each(FAULTS.map((fault) => [fault.id, fault] as const))('%s says why it cannot work', (_, fault) => {
    expect(fault.obstacle(new FakePane(), FAULT_DEFAULTS)).toMatch(/\.$/);
    const ended = new FakePane().answering();
    ended.take(event(4, 'stop'));
    expect(fault.obstacle(ended, FAULT_DEFAULTS)).toMatch(/\.$/);
  });

  test.each(FAULTS.filter(({ id }) => id !== 'repair').map((fault) => [fault.id, fault] as const))(
    '%s can be done to an answer that is being read',
    (_, fault) => {
      expect(fault.obstacle(new FakePane('sse').answering(), FAULT_DEFAULTS)).toBeUndefined();
    },
  );

  test('where no connection is, none is cut; where the transport is used already, none is switched to', () => {
    const pane = new FakePane('websocket').answering();
    expect(faultOf('switch-transport').obstacle(pane, FAULT_DEFAULTS)).toContain('already');
    pane.status('reconnecting');
    for (const id of ['cut-fin', 'cut-rst', 'blackhole', 'sleeping-tab']) {
      expect(faultOf(id).obstacle(pane, FAULT_DEFAULTS)).toContain('no connection');
    }
  });
});

test.each([
  ['cut-fin', { type: 'cut', lane: 'lane-sse', how: 'fin' }],
  ['cut-rst', { type: 'cut', lane: 'lane-sse', how: 'rst' }],
  ['blackhole', { type: 'cut', lane: 'lane-sse', how: 'blackhole' }],
  ['slow-link', { type: 'conditions', lane: 'lane-sse', conditions: { up: slow, down: slow } }],
  ['buffering-proxy', { type: 'conditions', lane: 'lane-sse', conditions: { down } }],
  ['sleeping-tab', { type: 'cut', lane: 'lane-sse', how: 'blackhole' }],
  ['server-restart', { type: 'restart' }],
  ['upstream-stall', { type: 'upstream', id: ID, fault: { kind: 'stall', ms: 4_000 } }],
  ['upstream-error', { type: 'upstream', id: ID, fault: { kind: 'error' } }],
] as const)('%s asks the host', async (id, message) => {
  const control = new FakeControl();
  await faultOf(id).apply(new FakePane().answering(), control);
  expect(control.asked).toEqual([message]);
});

test('a transport is switched by the page itself', async () => {
  const pane = new FakePane().answering();
  const control = new FakeControl();
  await faultOf('switch-transport').apply(pane, control, { ...FAULT_DEFAULTS, mode: 'long-poll' });
  expect([pane.did, control.asked]).toEqual([['switch long-poll'], []]);
});

test('a sleeping tab wakes up, a minute later by its clock', async () => {
  const pane = new FakePane().answering();
  await faultOf('sleeping-tab').apply(pane, new FakeControl());
  vi.advanceTimersByTime(2_999);
  expect(pane.did).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(pane.did).toEqual(['wake 60000']);
  expect(pane.told.at(-1)).toContain('The sleep is played');
});

test('a tab whose answer has ended meanwhile is not woken', async () => {
  const pane = new FakePane().answering();
  await faultOf('sleeping-tab').apply(pane, new FakeControl());
  pane.take(event(4, 'stop'));
  vi.runAllTimers();
  expect(pane.did).toEqual([]);
});

describe('what lasts', () => {
  test('holds together, and is repaired together', async () => {
    const pane = new FakePane().answering();
    const control = new FakeControl();
    for (const id of ['slow-link', 'buffering-proxy', 'slow-reader']) await faultOf(id).apply(pane, control);
    expect(standing(pane.record)).toEqual(['slow-link', 'buffering-proxy', 'slow-reader']);
    expect(control.asked.at(-1)).toEqual({
      type: 'conditions',
      lane: 'lane-sse',
      conditions: { up: slow, down: { ...slow, ...down } },
    });
    expect(pane.pace.delayMs).toBe(250);
    expect(faultOf('repair').obstacle(pane, FAULT_DEFAULTS)).toBeUndefined();
    await faultOf('repair').apply(pane, control);
    expect(control.asked.at(-1)).toEqual({ type: 'conditions', lane: 'lane-sse', conditions: {} });
    expect([pane.pace.delayMs, standing(pane.record)]).toEqual([0, []]);
    expect(pane.told.filter((text) => /no longer slow|held back any more|as they come/.test(text))).toHaveLength(3);
  });

  test('ends by itself when it was given a time, and leaves the rest', async () => {
    const pane = new FakePane().answering();
    const control = new FakeControl();
    await faultOf('buffering-proxy').apply(pane, control);
    await faultOf('slow-link').apply(pane, control, { ...FAULT_DEFAULTS, forMs: 5_000 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(standing(pane.record)).toEqual(['buffering-proxy']);
    expect(control.asked.at(-1)).toEqual({ type: 'conditions', lane: 'lane-sse', conditions: { down } });
    expect(pane.told.at(-1)).toContain('Is no longer slow. In 0 ms');
  });

  test('begun again, lasts anew', async () => {
    const pane = new FakePane().answering();
    const slowFor = () => faultOf('slow-link').apply(pane, new FakeControl(), { ...FAULT_DEFAULTS, forMs: 5_000 });
    await slowFor();
    await vi.advanceTimersByTimeAsync(4_000);
    await slowFor();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(standing(pane.record)).toEqual(['slow-link']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(standing(pane.record)).toEqual([]);
  });

  test('does not hold when the host refuses it, and holds on when the host refuses its end', async () => {
    const pane = new FakePane().answering();
    const control = new FakeControl();
    control.refuse = 'No such lane.';
    await expect(faultOf('slow-link').apply(pane, control)).rejects.toThrow('No such lane.');
    expect(standing(pane.record)).toEqual([]);
    control.refuse = undefined;
    await faultOf('slow-link').apply(pane, control, { ...FAULT_DEFAULTS, forMs: 1_000 });
    control.refuse = 'Too busy.';
    await vi.advanceTimersByTimeAsync(1_000);
    expect(standing(pane.record)).toEqual(['slow-link']);
    expect(pane.told.at(-1)).toBe('line: Could not be repaired in time: Too busy.');
  });

  test('of a line goes with its lane, of a reader it stays', async () => {
    const pane = new FakePane().answering();
    const control = new FakeControl();
    for (const id of ['slow-link', 'slow-reader']) await faultOf(id).apply(pane, control);
    forgetLine(pane.record);
    expect(standing(pane.record)).toEqual(['slow-reader']);
  });
});

test('there is something to break as long as one answer is being read', () => {
  const reading = new FakePane('sse').answering();
  const ended = new FakePane('chunked').answering();
  ended.take(event(4, 'stop'));
  expect(nothingToBreak([reading, ended])).toBeUndefined();
  expect(nothingToBreak([ended])).toContain('ask something');
  expect(nothingToBreak([])).toBe('Nothing has been asked yet.');
});

describe('a press', () => {
  const options = FAULT_DEFAULTS;

  test('hits those whom it can, and tells so in each of them', async () => {
    const panes = [new FakePane('sse').answering(), new FakePane('chunked'), new FakePane('long-poll').answering()];
    const control = new FakeControl();
    const { hit, obstacle } = aim(faultOf('cut-fin'), panes, options, true);
    expect(obstacle).toBeUndefined();
    await expect(strike(faultOf('cut-fin'), hit, control, options)).resolves.toBe(
      'Cut (FIN): done to SSE and LONG-POLL.',
    );
    expect(panes.map(({ told }) => told)).toEqual([['you: Cut (FIN).'], [], ['you: Cut (FIN).']]);
    expect(control.asked).toHaveLength(2);
  });

  test('restarts one server, whoever reads from it', async () => {
    const panes = [new FakePane('sse').answering(), new FakePane('chunked').answering()];
    const control = new FakeControl();
    await strike(faultOf('server-restart'), panes, control, options);
    expect(control.asked).toEqual([{ type: 'restart' }]);
    expect(panes.map(({ told }) => told)).toEqual([['you: Server restart.'], ['you: Server restart.']]);
  });

  test('that is refused says so, in the tool and in the pane', async () => {
    const pane = new FakePane('sse').answering();
    const control = new FakeControl();
    control.refuse = 'You have no lane of this name.';
    await expect(strike(faultOf('blackhole'), [pane], control, options)).rejects.toThrow(
      'Blackhole was not done. SSE: You have no lane of this name.',
    );
    expect(pane.told.at(-1)).toBe('you: Blackhole was not done: You have no lane of this name.');
  });

  test('hits nobody for a reason', () => {
    const panes = [new FakePane('sse')];
    expect(aim(faultOf('cut-fin'), [], options, true).obstacle).toBe('There is no pane.');
    expect(aim(faultOf('cut-fin'), panes, options, true).obstacle).toBe('It has not begun to read an answer.');
    expect(aim(faultOf('cut-fin'), panes, options, false).obstacle).toContain('cannot be reached');
    const reading = [new FakePane('sse').answering()];
    expect(aim(faultOf('slow-reader'), reading, options, false).obstacle).toBeUndefined();
  });
});
