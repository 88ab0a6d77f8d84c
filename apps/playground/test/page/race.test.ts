import { expect, test } from 'vitest';

import { titlesOf } from '../../web/src/race/titles.js';
import { reduceRace, startRace } from '../../web/src/race/race.js';
import { DEFAULTS } from '../../web/src/settings/settings.js';

const settings = { ...DEFAULTS, panes: ['sse', 'websocket', 'sse'] as const };

test('a race has a pane for each mode of the settings, and one request for all', () => {
  const race = reduceRace(undefined, { type: 'start', settings });
  expect(race?.panes).toEqual([
    { key: 'p0', mode: 'sse', run: 1 },
    { key: 'p1', mode: 'websocket', run: 1 },
    { key: 'p2', mode: 'sse', run: 1 },
  ]);
  expect(race?.request.prompt).toBe(DEFAULTS.prompt);
});

test('asking again is another run, so that the same request starts another answer', () => {
  const first = reduceRace(undefined, { type: 'start', settings });
  const second = reduceRace(first, { type: 'start', settings });
  expect(second?.panes.map(({ run }) => run)).toEqual([2, 2, 2]);
  const third = reduceRace(second, { type: 'again', key: 'p1' });
  expect(third?.panes.map(({ run }) => run)).toEqual([2, 3, 2]);
});

test('a pane is added and removed without the others noticing', () => {
  const first = reduceRace(undefined, { type: 'start', settings });
  const more = reduceRace(first, { type: 'add', mode: 'chunked' });
  expect(more?.panes.slice(0, 3)).toEqual(first?.panes);
  const [, , , added] = more?.panes ?? [];
  expect(added).toMatchObject({ mode: 'chunked', run: 2 });
  expect(reduceRace(more, { type: 'remove', key: added?.key ?? '' })?.panes).toEqual(first?.panes);
  // A pane that comes after one was removed never gets its name, or the two would share a lane.
  const again = reduceRace(reduceRace(more, { type: 'remove', key: added?.key ?? '' }), {
    type: 'add',
    mode: 'chunked',
  });
  expect(again?.panes[3]?.key).not.toBe(added?.key);
});

test('a tab that is to read begins each pane at the beginning of its answer', () => {
  const { panes } = startRace({ ...settings, read: ['gen_a', 'gen_b'] }, 1);
  expect(panes.map(({ after }) => after)).toEqual(['gen_a.0', 'gen_b.0', undefined]);
});

test('a pane that is asked again does not read somebody else’s answer', () => {
  const race = startRace({ ...settings, read: ['gen_a', 'gen_b', 'gen_c'] }, 1);
  const again = reduceRace(race, { type: 'again', key: 'p1' });
  expect(again?.panes.map(({ after }) => after)).toEqual(['gen_a.0', undefined, 'gen_c.0']);
});

test('panes of one mode have different titles', () => {
  const { panes } = startRace(settings, 1);
  expect(titlesOf(panes)).toEqual(['SSE', 'WebSocket', 'SSE 2']);
});
