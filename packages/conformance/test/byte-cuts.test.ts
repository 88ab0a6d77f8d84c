import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { MODES } from '@tokenwire/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import {
  commandFor,
  ENDINGS,
  hostileCases,
  megabyteCases,
  otherModeFor,
  WAYS,
  type Lengths,
} from '../src/cuts/cases.js';
import { readCutOptions } from '../src/cuts/cli-options.js';
import { CutRunner, type CutOutcome } from '../src/cuts/cut-runner.js';
import { Judge, type Part } from '../src/cuts/judge.js';
import { Progress } from '../src/cuts/report.js';
import { runCuts, type CutSummary } from '../src/cuts/run-cuts.js';
import { finished } from '../src/harness/answers.js';
import { HOSTILE } from '../src/harness/hostile.js';
import { read } from '../src/harness/reading.js';
import type { Target } from '../src/target.js';
import { combinedBed, type TestBed } from './support.js';

/** Every so many-th offset here; `npm run test:cuts` takes all. A prime, so that no repeating structure hides behind it. */
const STRIDE = 293;
const SEED = 7;
const LIMIT_MS = 180_000;

const LENGTHS = Object.fromEntries(
  MODES.map((mode, index) => [mode, { down: 40 + index, up: 20 }]),
) as unknown as Lengths;

let bed: TestBed;
let target: Target;
beforeAll(async () => {
  bed = await combinedBed();
  [target] = bed.targets as [Target];
});
afterAll(() => bed.close());

describe('An answer of hostile content whose connection is cut', () => {
  let summary: CutSummary;
  let cuts: number;
  beforeAll(async () => {
    const runner = await CutRunner.on(target.url, SEED);
    const chosen = [...hostileCases(await runner.measure('hostile'), { modes: MODES, stride: STRIDE })];
    const long = [...megabyteCases(await runner.measure('megabyte'), { modes: MODES }, 1, SEED)];
    cuts = chosen.length + long.length;
    summary = await runCuts(runner, [...chosen, ...long], { lanes: 8, waitingLanes: 32 });
  }, LIMIT_MS);

  it.each(MODES)('over %s is exact, and continues exactly in any other mode', (mode) => {
    const failures = summary.failures.filter(({ cut }) => cut?.mode === mode);
    expect(failures.map(({ cut, error }) => `${cut && commandFor(cut, SEED)}: ${String(error)}`)).toEqual([]);
  });

  it('is one generation each time, and leaves nothing behind', () => {
    expect(summary.failures.filter(({ cut }) => cut === undefined).map(({ error }) => String(error))).toEqual([]);
    expect(summary.passed).toBe(cuts);
    // Lengths vary by a few bytes, so a cut at the very end may not come to pass.
    expect(summary.hit).toBeGreaterThan(cuts * 0.8);
  });
});

describe('The judge of cut answers', () => {
  let judge: Judge;
  let whole: Part;
  beforeAll(async () => {
    judge = await Judge.of(target.url, 'hostile');
    whole = await read(target, { request: HOSTILE });
  });
  const part = (change: (events: Part['events']) => Part['events']): Part => ({
    ...whole,
    events: change(whole.events),
  });

  it('accepts the whole answer, and its rest after any event', async () => {
    judge.check(whole);
    for (const after of [1, 9, judge.length - 1]) {
      judge.check(await read(target, { after: `${whole.stream.id}.${after}` }), after);
    }
  });

  it('notices a text that is not that of the events', async () => {
    const rest = await read(target, { after: `${whole.stream.id}.9` });
    expect(() => judge.check({ ...whole, events: rest.events }, 9)).toThrow('the text is that of the events');
  });

  it.each<[string, (events: Part['events']) => Part['events']]>([
    ['an event that is missing', (events) => events.filter(({ seq }) => seq !== 9)],
    ['an event that came twice', (events) => events.flatMap((event) => (event.seq === 9 ? [event, event] : [event]))],
    ['an end that is missing', (events) => events.slice(0, -1)],
    [
      'two events that changed places',
      (events) => [...events.slice(0, 7), ...events.slice(7, 9).toReversed(), ...events.slice(9)],
    ],
    ['a beginning that is missing', (events) => events.slice(1)],
    [
      'another text',
      (events) =>
        events.map((event) => (event.seq === 9 ? { ...event, delta: { type: 'text_delta', text: '?' } } : event)),
    ],
  ])('notices %s', (_, change) => {
    expect(() => judge.check(part(change))).toThrow();
  });

  it('notices an event after the end', () => {
    judge.check(
      part(() => []),
      judge.length,
    );
    expect(() =>
      judge.check(
        part((events) => events.slice(-1)),
        judge.length,
      ),
    ).toThrow('nothing follows the end');
  });

  it('notices an error and a generation that was started twice', async () => {
    expect(() => judge.check({ ...whole, error: new Error('lost') })).toThrow('lost');
    await expect(judge.checkLogOf(crypto.randomUUID(), whole.stream.id)).rejects.toThrow('one key is one generation');
  });
});

describe('A run of cuts', () => {
  const some = [...hostileCases(LENGTHS, { modes: ['sse'], ways: ['up'], endings: ['rst'] })];
  /** A runner for which a cut is whatever `run` does. */
  const runnerOf = (run: () => Promise<CutOutcome>): CutRunner => ({ url: target.url, run }) as unknown as CutRunner;

  it('gives up after so many failures, and says how to repeat each', async () => {
    const runner = runnerOf(() => Promise.reject(new Error('an event is missing')));
    const summary = await runCuts(runner, some, { lanes: 1, maxFailures: 3 });
    expect(summary.failures.map(({ cut }) => cut)).toEqual(some.slice(0, 3));
    const written = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    new Progress(some.length, SEED).finish(summary, 0);
    const output = written.mock.calls.join('');
    written.mockRestore();
    expect(output).toContain('FAILED sse, up, rst, offset 2: an event is missing');
    expect(output).toContain('npm run test:cuts -- --mode sse --way up --how rst --offset 2 --seed 7');
    expect(output).toMatch(/\n0 passed, 3 failed\n$/);
  });

  it('notices a start that became two generations', async () => {
    const runner = runnerOf(async () => {
      await Promise.all([finished(target, HOSTILE), finished(target, HOSTILE)]);
      return { hit: true, reconnects: 1, events: 1 };
    });
    const { failures } = await runCuts(runner, some.slice(0, 2), {});
    expect(failures.map(({ cut, error }) => [cut, String(error)])).toEqual([
      [undefined, expect.stringContaining('each of 2 starts was one generation')],
    ]);
  });

  it('begins nothing more once it is interrupted', async () => {
    const interrupt = new AbortController();
    const runner = runnerOf(() => {
      interrupt.abort();
      return Promise.reject(new Error('the server is gone'));
    });
    const summary = await runCuts(runner, some, { lanes: 1, signal: interrupt.signal });
    expect(summary).toMatchObject({ passed: 0, failures: [] });
  });

  it('can be started by hand for one cut', async () => {
    const server = fileURLToPath(new URL('../../../apps/playground/dist/main.js', import.meta.url));
    const main = fileURLToPath(new URL('../dist/cuts/main.js', import.meta.url));
    const run = promisify(execFile);
    const one = ['--mode', 'sse', '--way', 'down', '--how', 'rst', '--offset', '431'];
    const { stdout } = await run(process.execPath, [main, server, ...one]);
    expect(stdout).toMatch(/^1 connections cut, [1-9]\d* reconnects, \d+ events, /m);
    expect(stdout).toMatch(/\n1 passed, 0 failed\n$/);
    const wrong = run(process.execPath, [main, server, '--how', 'gently']);
    await expect(wrong).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('--how is one of') });
  });
});

describe('The cuts', () => {
  it('are every offset of every direction, with every ending, in every mode', () => {
    const all = new Set(Array.from(hostileCases(LENGTHS, { modes: MODES }), (cut) => JSON.stringify(cut)));
    const expected =
      MODES.reduce((sum, mode) => sum + LENGTHS[mode].down + 1 + LENGTHS[mode].up + 1, 0) * ENDINGS.length;
    expect(all.size).toBe(expected);
  });

  it('are the same with a stride, a part at a time', () => {
    const counts = Array.from({ length: MODES.length * WAYS.length * ENDINGS.length }, () => 0);
    const rows = MODES.flatMap((mode) => WAYS.flatMap((way) => ENDINGS.map((how) => `${mode} ${way} ${how}`)));
    for (const { mode, way, how } of hostileCases(LENGTHS, { modes: MODES, stride: 5 })) {
      counts[rows.indexOf(`${mode} ${way} ${how}`)]! += 1;
    }
    for (const count of counts) expect(count).toBeGreaterThanOrEqual(4);
  });

  it('can each be made again alone, by the command that a failure prints', () => {
    const cuts = [
      ...hostileCases(LENGTHS, { modes: MODES, stride: 7 }),
      ...megabyteCases(LENGTHS, { modes: MODES }, 2, SEED),
    ];
    for (const cut of cuts) {
      const args = commandFor(cut, SEED).replace('npm run test:cuts -- ', '').split(' ');
      const options = readCutOptions(args);
      if (options === 'help') throw new Error('no help was asked for');
      const { selection, answers, megabytes, seed } = options;
      const again = answers.includes('hostile')
        ? [...hostileCases(LENGTHS, selection)]
        : [...megabyteCases(LENGTHS, selection, megabytes, seed)];
      expect(again).toEqual([cut]);
      expect(otherModeFor(cut, MODES, seed)).toBe(otherModeFor(cut, MODES, SEED));
      expect(otherModeFor(cut, MODES, seed)).not.toBe(cut.mode);
    }
  });

  it.each([
    [['--mode', 'smoke'], /--mode is one of chunked, sse, websocket, long-poll, short-poll/],
    [['--how', 'gently'], /--how is one of fin, rst, blackhole/],
    [['--offset', '-1'], /--offset/],
    [['--stride', '0'], /--stride takes a whole number from 1/],
    [['--no-such-option'], /Unknown option/],
  ])('are not made for %j, which is refused', (args, message) => {
    expect(() => readCutOptions(args)).toThrow(message);
  });
});
