import { describe, expect, it } from 'vitest';

import { curveCharts } from '../../src/report/html/charts/curve.js';
import { Palette } from '../../src/report/html/palette.js';
import type { LabReport, Row, ScenarioReport } from '../../src/report/model.js';
import { makeReport } from './fixture.js';

const base = makeReport();
const [steady] = base.scenarios as [ScenarioReport];
const [model] = steady.rows as [Row];

/** Titles and first columns of the charts of a scenario with these points; each is measured with two modes. */
function chartsOf(points: readonly (readonly [point: string, factors: Row['factors']])[], axis = 'rtt') {
  const rows = points.flatMap(([point, factors]) =>
    ['sse', 'websocket'].map((target) => ({ ...model, target, point, factors })),
  );
  const scenario = { ...steady, axis, rows, columns: ['delivery.p50'] };
  const report: LabReport = { ...base, scenarios: [scenario] };
  return curveCharts(report, scenario, new Palette(report)).map(({ title, table }) => ({
    title,
    places: table.rows.map(([place]) => place),
  }));
}

describe('curves', () => {
  it('are one chart, in the order of the numbers, where other factors change with the axis', () => {
    const points = [
      ['far', { rtt: 80, network: 'far', loss: 1 }],
      ['near', { rtt: 5, network: 'near', loss: 0 }],
    ] as const;
    expect(chartsOf(points)).toEqual([{ title: 'D p50 against rtt', places: ['5', '80'] }]);
  });

  it('are one chart each, where another factor is varied at the same place', () => {
    const points = [1, 9].flatMap((rtt) =>
      ['a', 'b'].map((proxy) => [`${rtt} ${proxy}`, { rtt, proxy, note: 'same' }] as const),
    );
    expect(chartsOf(points)).toEqual([
      { title: 'D p50 against rtt, proxy a', places: ['1', '9'] },
      { title: 'D p50 against rtt, proxy b', places: ['1', '9'] },
    ]);
  });

  it('are one chart over the names of the points, where two of them lie at the same place', () => {
    const points = [
      ['cable', { rtt: 40, loss: 0 }],
      ['lossy', { rtt: 40, loss: 1 }],
      ['far', { rtt: 80, loss: 0 }],
    ] as const;
    expect(chartsOf(points)).toEqual([{ title: 'D p50 against rtt', places: ['cable', 'lossy', 'far'] }]);
  });

  it('are none of a single point', () => {
    expect(chartsOf([['only', { rtt: 40 }]])).toEqual([]);
  });
});
