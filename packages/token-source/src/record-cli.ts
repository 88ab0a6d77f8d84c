import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recordAnswer, type RecordOptions } from './record.js';
import { isRecordingName, RECORDING_SUFFIX } from './replay.js';
import type { SourceRequest } from './source.js';
import { createSources, type Sources } from './sources.js';
import { sourcesConfigFromEnv } from './sources-config.js';

const USAGE = `Records one answer, with its timing, to be replayed as replay/<name>.

  record --name <name> [--model tiny] [--prompt <text>] [--out .] [--max-tokens 256] [--seed 1] [--force]

  --name        1 to 64 of a-z, 0-9 and -; the file is <out>/<name>${RECORDING_SUFFIX}
  --model       any configured model; keys come from the environment (see docs/models.md)
  --out         directory, made if need be; name it in TOKENWIRE_RECORDINGS_DIR to replay from it
  --force       replace a recording of that name
`;

export interface RecordCliOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives progress and errors, without line ends of its own adding. */
  readonly write: (text: string) => void;
  /** Stops recording. */
  readonly signal?: AbortSignal;
}

/** The command. Returns its exit code: 0 recorded, 1 failed, 2 wrong usage. Never throws. */
export async function recordCli(args: readonly string[], options: RecordCliOptions): Promise<number> {
  let values;
  try {
    values = readArgs(args);
  } catch (error) {
    options.write(`${messageOf(error)}\n\n${USAGE}`);
    return 2;
  }
  if (values.help) {
    options.write(USAGE);
    return 0;
  }
  let sources: Sources | undefined;
  try {
    sources = createSources(sourcesConfigFromEnv(options.env));
    const path = join(values.out, values.name + RECORDING_SUFFIX);
    const source = sources.resolve(values.request.model);
    await mkdir(values.out, { recursive: true });
    const result = await recordAnswer(source, values.request, path, {
      force: values.force,
      ...(options.signal ? { signal: options.signal } : {}),
      onProgress: progress(options.write),
    });
    options.write(`\n${path}: ${result.pieces} pieces in ${(result.durationMs / 1000).toFixed(1)} s\n`);
    return 0;
  } catch (error) {
    options.write(`\n${messageOf(error)}\n`);
    return 1;
  } finally {
    sources?.close();
  }
}

/** Shows progress ten times per second of the answer at most. */
function progress(write: RecordCliOptions['write']): NonNullable<RecordOptions['onProgress']> {
  let nextMs = 0;
  return ({ pieces, atMs }) => {
    if (atMs < nextMs) return;
    nextMs = atMs + 100;
    write(`\r${pieces} pieces, ${(atMs / 1000).toFixed(1)} s `);
  };
}

function readArgs(args: readonly string[]): {
  readonly help: boolean;
  readonly name: string;
  readonly out: string;
  readonly force: boolean;
  readonly request: SourceRequest;
} {
  const { values } = parseArgs({
    args: [...args],
    options: {
      model: { type: 'string', default: 'tiny' },
      prompt: { type: 'string', default: 'Hello' },
      name: { type: 'string', default: '' },
      out: { type: 'string', default: '.' },
      'max-tokens': { type: 'string', default: '256' },
      seed: { type: 'string', default: '1' },
      force: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { help, name, out, force, model, prompt } = values;
  if (!help && !isRecordingName(name)) throw new Error('--name must be 1 to 64 of a-z, 0-9 and -.');
  const request: SourceRequest = {
    model,
    messages: [{ role: 'user', content: prompt }],
    maxTokens: wholeNumber('--max-tokens', values['max-tokens'], 1, 100_000),
    temperature: 0.8,
    seed: wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
    tools: [],
    thinking: false,
  };
  return { help, name, out, force, request };
}

function wholeNumber(option: string, text: string, low: number, high: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high)) throw new Error(`${option} must be a whole number from ${low} to ${high}.`);
  return value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Recording failed.';
}
