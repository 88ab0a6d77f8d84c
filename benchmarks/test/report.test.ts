import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { UsageError } from '../src/compare/failures.js';
import type { StreamFigures } from '../src/compare/figures.js';
import type { Manifest } from '../src/compare/manifest.js';
import type { Measurements } from '../src/compare/measure-all.js';
import type { RunResult, StreamResult } from '../src/compare/measure-run.js';
import { MEASURED, type Measured } from '../src/compare/modes.js';
import { rough, short } from '../src/compare/numbers.js';
import { buildReport } from '../src/compare/report.js';
import { prepareFolder, renderMarkdown, writeReport } from '../src/compare/report-files.js';
import { renderTable } from '../src/compare/report-table.js';

const DELIVERY: Record<Measured, number> = {
  chunked: 0.5,
  sse: 0.6,
  websocket: 0.9,
  'long-poll': 50,
  'short-poll': 125,
  batch: 500,
};

function figures(mode: Measured, paced = true): StreamFigures {
  const delivery = DELIVERY[mode];
  const first = mode === 'batch' ? 1_200 : 200 + delivery;
  return {
    tokens: 3,
    ttftMs: first,
    addedTtftMs: paced ? delivery : null,
    itlMs: [10, 10],
    tpotMs: 10,
    ttltMs: first + 20,
    doneMs: first + 21,
    deliveryMs: paced ? [delivery, delivery, delivery] : [],
    slipMs: paced ? [0.1, 0.1, 0.1] : [],
    transportMs: [delivery - 0.1, delivery - 0.1, delivery - 0.1],
    traceUs: paced ? [0, 10_000, 20_000] : null,
  };
}

function run(mode: Measured, block: number, paced = true): RunResult {
  const stream = (index: number): StreamResult => {
    const common = { mode, block, index, sha256: 'ab'.repeat(32), characters: 11, requests: 2 };
    return { ...common, figures: figures(mode, paced), traceUs: paced ? [0, 10_000, 20_000] : null };
  };
  return { mode, block, streams: [stream(0), stream(1)], cpuUsPerToken: 100 + block };
}

function measurements(paced = true): Measurements {
  const runs = [1, 2, 3].flatMap((block) => MEASURED.map((mode) => run(mode, block, paced)));
  const wire = MEASURED.map((mode) => {
    const nextPollMs = mode === 'short-poll' ? 250 : null;
    return { mode, tokens: 3, upBytes: 30, downBytes: 300, payloadBytes: 270, nextPollMs };
  });
  return { runs, wire };
}

const options = { model: 'tiny', prompt: 'Hello', tokens: 3, tokensPerSecond: 100, seed: 7, runs: 3, streams: 2 };
const manifest: Manifest = {
  ...{ createdAt: '2025-01-01T00:00:00.000Z', commit: null, node: 'v20.19.0', platform: 'linux', arch: 'x64' },
  ...{ osRelease: '6', cpuModel: 'CPU', cpuCount: 2, memoryBytes: 1, options: { ...options, out: 'x', json: false } },
};
const report = buildReport(manifest, measurements());

describe('the report', () => {
  it('has one entry a mode, in the order of the registry, the baseline last', () => {
    expect(report.modes.map(({ mode }) => mode)).toEqual(MEASURED);
    expect(report.methodology).toBe('tokenwire-compare/1');
    expect(report.answer).toMatchObject({ sha256: 'ab'.repeat(32), characters: 11, tokens: 3, nextPollMs: 250 });
    expect(report.streams).toHaveLength(36);
  });

  it('carries what was measured', () => {
    const [chunked] = report.modes;
    expect(chunked).toMatchObject({
      server: 'server-chunked',
      streams: 6,
      tokens: 18,
      deliveryP50MsByBlock: [0.5, 0.5, 0.5],
      wire: { downBytesPerToken: 100, upBytesPerToken: 10, payloadBytesPerToken: 90 },
    });
    expect(chunked?.ttftMs).toEqual({ n: 6, min: 200.5, p50: 200.5, p95: null, p99: null, max: 200.5 });
    expect(chunked?.serverCpuUsPerToken).toMatchObject({ n: 3, min: 101, p50: 102, max: 103 });
  });

  it('survives JSON unchanged', () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('is not made of streams that differ', () => {
    const { runs, wire } = measurements();
    const wrong = run('sse', 4);
    const [first] = wrong.streams;
    const altered = { ...wrong, streams: first ? [{ ...first, sha256: 'cd'.repeat(32) }] : [] };
    expect(() => buildReport(manifest, { runs: [...runs, altered], wire })).toThrow('the texts differ');
  });
});

describe('the sentence', () => {
  it('calls equal what differs by less than 0.2 ms, and says why polling is slower', () => {
    expect(report.sentence).toBe(
      'In the median chunked and sse are equivalent, 0.50 to 0.60 ms from when a token is due to the reader; ' +
        'websocket takes 0.90 ms; long-poll takes 50.0 ms (at most one poll in 100 ms); ' +
        'short-poll takes 125 ms (one poll every 250 ms); ' +
        'batch shows nothing for 1200 ms, 5.99 times as long as chunked.',
    );
  });

  it('speaks of the way from the log when the model has no timetable', () => {
    const unpaced = buildReport(manifest, measurements(false));
    expect(unpaced.sentence).toContain('0.40 to 0.50 ms from the log to the reader');
    expect(unpaced.notes.join(' ')).toContain('no timetable');
    expect(unpaced.modes[0]?.deliveryMs).toBeNull();
    expect(renderTable(unpaced)).toContain('–/–');
  });
});

describe('the table', () => {
  const lines = renderTable(report).split('\n');

  it('has six rows, each with the same hash, and fits into 120 columns', () => {
    expect(lines.filter((line) => line.includes('abababab'))).toHaveLength(6);
    const table = lines.slice(0, lines.indexOf(''));
    for (const line of table) expect(line.length).toBeLessThanOrEqual(120);
  });

  it('is followed by the sentence, by what the sample can carry, and by a caution', () => {
    expect(lines).toContain(report.sentence);
    expect(report.notes.join('\n')).toContain('299 streams');
    expect(report.notes.at(-1)).toContain('ratios, not absolutes');
  });
});

describe('the files', () => {
  it('are written where asked, into a folder that is made', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'tokenwire-')), 'deep', 'er');
    prepareFolder(folder);
    expect(readdirSync(folder)).toEqual([]);
    expect(writeReport(folder, report)).toEqual([join(folder, 'report.json'), join(folder, 'report.md')]);
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toEqual(report);
    const markdown = readFileSync(join(folder, 'report.md'), 'utf8');
    expect(markdown).toBe(renderMarkdown(report));
    expect(markdown.match(/^\| (chunked|sse|websocket|long-poll|short-poll|batch) \|.*\| abababab \|$/gm)).toHaveLength(
      6,
    );
  });

  it('a folder that cannot be is the user’s mistake', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tokenwire-')), 'file');
    writeFileSync(file, '');
    expect(() => prepareFolder(join(file, 'folder'))).toThrow(UsageError);
  });
});

describe('numbers for people', () => {
  it('have three digits', () => {
    expect([0.123, 9.994, 9.996, 99.94, 99.96, 1234.5].map(short)).toEqual([
      '0.12',
      '9.99',
      '10.0',
      '99.9',
      '100',
      '1235',
    ]);
    expect([null, undefined, Number.NaN].map(short)).toEqual(['–', '–', '–']);
    expect([1, 4.83, 105.99, Number.NaN].map(rough)).toEqual(['1', '4.8', '106', '–']);
  });
});
