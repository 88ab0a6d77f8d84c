import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '@tokenwire/protocol/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { paced } from '../src/paced.js';
import { timetable } from '../src/cadence.js';
import { recordAnswer } from '../src/record.js';
import { recordCli } from '../src/record-cli.js';
import { formatLine, parseRecording } from '../src/replay-format.js';
import { simSource } from '../src/sim.js';
import type { Piece, TokenSource } from '../src/source.js';
import { createSources } from '../src/sources.js';
import { collect, request } from './helpers.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tokenwire-recordings-'));
});
afterAll(() => rm(directory, { recursive: true }));

const HEADER = formatLine({
  format: 'tokenwire.replay',
  version: 1,
  model: 'sim',
  createdAt: '2026-01-02T03:04:05.000Z',
});
const TEXT = '{"atMs":5,"piece":{"type":"text","text":"a"}}\n';
const END = '{"atMs":9,"piece":{"type":"end","stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1}}}\n';

const pathOf = (name: string): string => join(directory, `${name}.jsonl`);
const sources = () => createSources({ recordingsDir: directory });

/** Pieces without what depends on the run. */
function bare(pieces: readonly Piece[]): Piece[] {
  return pieces.map((piece) => {
    const copy = { ...piece };
    delete copy.dueMs;
    return copy;
  });
}

async function record(name: string, source: TokenSource, fields = {}) {
  const clock = new VirtualClock({ startMs: 77.25 });
  const result = await clock.runUntil(recordAnswer(source, request(fields), pathOf(name), { clock }));
  return { clock, result };
}

describe('a recording', () => {
  test.each(['sim', 'sim/ugly', 'sim/structured'] as const)(
    'of %s replays the same pieces at the same times',
    async (model) => {
      const name = `round-${model.replace('/', '-')}`;
      const asked = request({ model, maxTokens: 150 });
      await record(name, simSource(model), asked);
      const original = new VirtualClock({ startMs: 0 });
      const first = await original.runUntil(collect(simSource(model), asked, { clock: original }));
      const clock = new VirtualClock({ startMs: 0 });
      const again = await clock.runUntil(collect(sources().resolve(`replay/${name}`), request(), { clock }));
      expect(again.error).toBeUndefined();
      expect(bare(again.pieces)).toEqual(bare(first.pieces));
      expect(again.pieces.map(({ dueMs }) => dueMs)).toEqual(first.pieces.map(({ dueMs }) => dueMs));
      expect(again.batches[0]).toEqual([]);
    },
  );

  test('two replays at once do not disturb each other', async () => {
    await record('twice', simSource('sim'), { maxTokens: 30 });
    const source = sources().resolve('replay/twice');
    const clock = new VirtualClock({ startMs: 0 });
    const first = collect(source, request(), { clock });
    await clock.advance(400);
    const second = collect(source, request(), { clock });
    const [a, b] = await clock.runUntil(Promise.all([first, second]));
    expect(b.pieces.map(({ dueMs = 0 }) => Math.round((dueMs - 400) * 1000))).toEqual(
      a.pieces.map(({ dueMs = 0 }) => Math.round(dueMs * 1000)),
    );
  });

  test('follows the request cadence instead, if there is one', async () => {
    await record('paced', simSource('sim'), { maxTokens: 10 });
    const clock = new VirtualClock({ startMs: 0 });
    const asked = request({ cadence: { ttftMs: 7, tokensPerSecond: 1_000, jitter: 0 } });
    const { pieces } = await clock.runUntil(collect(sources().resolve('replay/paced'), asked, { clock }));
    expect(pieces.slice(0, 3).map(({ dueMs }) => dueMs)).toEqual([7, 8, 9]);
  });

  test('is cut short by maxTokens', async () => {
    await record('short', simSource('sim'), { maxTokens: 20 });
    const asked = request({ maxTokens: 5, cadence: 'instant' });
    const { pieces } = await collect(sources().resolve('replay/short'), asked);
    expect(pieces).toHaveLength(6);
    expect(pieces.at(-1)).toMatchObject({ type: 'end', stopReason: 'max_tokens', usage: { outputTokens: 5 } });
    const exact = await collect(sources().resolve('replay/short'), request({ maxTokens: 20, cadence: 'instant' }));
    expect(exact.pieces.at(-1)).toMatchObject({ stopReason: 'end_turn' });
  });

  test('keeps arrival times where the model has no timetable', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    async function* source(): AsyncGenerator<Piece[]> {
      yield [];
      await new Promise<void>((resolve) => void clock.after(120, resolve));
      yield [{ type: 'text', text: 'a' }];
      await new Promise<void>((resolve) => void clock.after(30, resolve));
      yield [{ type: 'end', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 1 } }];
    }
    await clock.runUntil(recordAnswer(source, request(), pathOf('arrival'), { clock }));
    const { lines } = parseRecording(await readFile(pathOf('arrival'), 'utf8'));
    expect(lines.map(({ atMs }) => atMs)).toEqual([120, 150]);
  });

  test('that is changed on disk is read again', async () => {
    await writeFile(pathOf('changing'), HEADER + TEXT + END);
    const shared = sources();
    const read = () => collect(shared.resolve('replay/changing'), request({ cadence: 'instant' }));
    expect((await read()).text).toBe('a');
    await writeFile(pathOf('changing'), HEADER + TEXT.replace('"a"', '"longer"') + END);
    expect((await read()).text).toBe('longer');
  });
});

describe('a bad recording names its line', () => {
  const cases: [string, string, RegExp][] = [
    ['empty', '', /line 1: not JSON/],
    ['foreign', '{"format":"other"}\n', /line 1: format must be/],
    ['newer', HEADER.replace('"version":1', '"version":2') + END, /line 1: version must be 1/],
    ['undated', HEADER.replace('2026-01', 'soon'), /line 1: createdAt/],
    ['no-pieces', HEADER, /line 2: the pieces are missing/],
    ['broken', `${HEADER}${TEXT}{"atMs":\n${END}`, /line 3: not JSON/],
    ['blank', `${HEADER}${TEXT}\n${END}`, /line 3: not JSON/],
    ['list', `${HEADER}[]\n`, /line 2: not an object/],
    ['backwards', HEADER + TEXT.replace('5', '10') + END, /line 3: atMs must be a number from 10/],
    ['infinite', HEADER + TEXT.replace('5', '1e999') + END, /line 2: atMs/],
    [
      'unknown-type',
      HEADER + TEXT.replace('"type":"text"', '"type":"song"') + END,
      /line 2: piece.type must be one of/,
    ],
    [
      'inherited-type',
      HEADER + TEXT.replace('"type":"text"', '"type":"toString"') + END,
      /line 2: piece.type must be one of/,
    ],
    ['no-text', HEADER + TEXT.replace('"a"', '7') + END, /line 2: piece.text must be a string/],
    ['bad-tokens', HEADER + TEXT.replace('"a"', '"a","tokens":-1') + END, /line 2: piece.tokens/],
    ['unfinished', HEADER + TEXT, /line 2: the last piece must be "end"/],
    ['overfull', HEADER + END + TEXT, /line 2: nothing may follow/],
    ['bad-reason', HEADER + END.replace('end_turn', 'bored'), /line 2: piece.stopReason must be one of/],
    ['bad-usage', HEADER + END.replace('"inputTokens":1', '"inputTokens":"1"'), /line 2: piece.usage/],
  ];
  test.each(cases)('%s', async (name, content, message) => {
    await writeFile(pathOf(name), content);
    expect(() => sources().resolve(`replay/${name}`)).toThrow(
      expect.objectContaining({ code: 'internal', retryable: false, message: expect.stringMatching(message) }),
    );
  });

  test('unknown fields are left alone', () => {
    expect(
      parseRecording(HEADER.replace('{', '{"note":"x",') + TEXT.replace('{', '{"extra":1,') + END).lines,
    ).toHaveLength(2);
  });
});

describe('recordAnswer', () => {
  test('writes nothing when the answer fails, and leaves no temporary file', async () => {
    const clock = new VirtualClock();
    const before = await readdir(directory);
    await expect(
      clock.runUntil(recordAnswer(simSource('sim/error'), request(), pathOf('failed'), { clock })),
    ).rejects.toMatchObject({ code: 'upstream_error' });
    const unfinished: TokenSource = (asked, context) =>
      paced([{ type: 'text', text: 'a' }], timetable('instant', asked.seed), context);
    await expect(clock.runUntil(recordAnswer(unfinished, request(), pathOf('failed'), { clock }))).rejects.toThrow(
      'without its end marker',
    );
    const aborted = recordAnswer(simSource('sim'), request(), pathOf('failed'), { clock, signal: AbortSignal.abort() });
    await expect(clock.runUntil(aborted)).rejects.toThrow('aborted');
    expect(await readdir(directory)).toEqual(before);
  });

  test('replaces an existing file only by force', async () => {
    await record('kept', simSource('sim'), { maxTokens: 3 });
    const content = await readFile(pathOf('kept'), 'utf8');
    await expect(record('kept', simSource('sim'), { maxTokens: 9 })).rejects.toThrow('--force');
    expect(await readFile(pathOf('kept'), 'utf8')).toBe(content);
    const clock = new VirtualClock();
    await clock.runUntil(
      recordAnswer(simSource('sim'), request({ maxTokens: 9 }), pathOf('kept'), { clock, force: true }),
    );
    expect(await readFile(pathOf('kept'), 'utf8')).not.toBe(content);
  });
});

describe('the record command', () => {
  async function run(...args: string[]): Promise<{ code: number; output: string }> {
    let output = '';
    const code = await recordCli(args, { env: {}, write: (text) => (output += text) });
    return { code, output };
  }

  test('records a model into a file that replays', async () => {
    const out = join(directory, 'made');
    const { code, output } = await run(
      '--model',
      'sim',
      '--name',
      'by-command',
      '--out',
      out,
      '--max-tokens',
      '3',
      '--seed',
      '5',
      '--prompt',
      'Hi',
    );
    expect([code, output]).toEqual([0, expect.stringContaining('by-command.jsonl: 4 pieces')]);
    const { header } = parseRecording(await readFile(join(out, 'by-command.jsonl'), 'utf8'));
    expect(header).toMatchObject({
      model: 'sim',
      request: { messages: [{ role: 'user', content: 'Hi' }], maxTokens: 3, seed: 5 },
    });
    expect(createSources({ recordingsDir: out }).list()).toContain('replay/by-command');
    expect((await run('--model', 'sim', '--name', 'by-command', '--out', out)).code).toBe(1);
  });

  test.each([
    [['--name', '../up'], 2, '--name must be'],
    [['--name', 'x', '--max-tokens', '0'], 2, '--max-tokens must be a whole number'],
    [['--name', 'x', '--seed', '4294967296'], 2, '--seed must be'],
    [['--nonsense'], 2, 'Unknown option'],
    [['--name', 'x', '--model', 'openai/gpt'], 1, 'no such model'],
    [['--help'], 0, 'Records one answer'],
  ])('%j', async (args, code, output) => {
    const result = await run(...args);
    expect(result.code).toBe(code);
    expect(result.output).toContain(output);
  });
});
