import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { messageOf, UsageError } from '../compare/failures.js';
import { METHODOLOGY, type RawLine } from './raw.js';

const LINE_FEED = 0x0a;

/**
 * Reads raw data, line by line. A last line that was cut off by an interruption is left out.
 *
 * @param path of a `.jsonl` or `.jsonl.gz`.
 * @throws {UsageError} when the file cannot be read, was made by another methodology, or has a bad line: it says which.
 */
export function* readRaw(path: string): Generator<RawLine> {
  const data = contentOf(path);
  let number = 0;
  for (let start = 0; start < data.length;) {
    const end = data.indexOf(LINE_FEED, start);
    if (end < 0) break;
    number += 1;
    yield lineOf(data.toString('utf8', start, end), number, path);
    start = end + 1;
  }
  if (number === 0) throw new UsageError(`${path}: there is nothing in it`);
}

function contentOf(path: string): Buffer {
  try {
    const data = readFileSync(path);
    return path.endsWith('.gz') ? gunzipSync(data) : data;
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${messageOf(error)}`);
  }
}

function lineOf(text: string, number: number, path: string): RawLine {
  const problem = (what: string): UsageError => new UsageError(`${path}, line ${number}: ${what}`);
  let line: Partial<Record<string, unknown>>;
  try {
    line = JSON.parse(text) as Partial<Record<string, unknown>>;
  } catch {
    throw problem('this is no JSON');
  }
  const wrong = wrongWith(line, number);
  if (wrong) throw problem(wrong);
  return line as unknown as RawLine;
}

/** What keeps a line from being used: enough to fail early, and not in the middle of a formula. */
function wrongWith(line: Partial<Record<string, unknown>> | null, number: number): string {
  if (typeof line !== 'object' || line === null) return 'this is no object';
  const { kind } = line;
  if ((number === 1) !== (kind === 'manifest')) return number === 1 ? 'no manifest' : 'a second manifest';
  if (kind === 'manifest') {
    const other = String(line['methodology']);
    return other === METHODOLOGY
      ? ''
      : `made by ${other}, and cannot be read as ${METHODOLOGY}: figures changed their meaning`;
  }
  const fields = kind === 'stream' ? STREAM_FIELDS : kind === 'trial' ? TRIAL_FIELDS : undefined;
  if (!fields) return `unknown kind ${JSON.stringify(kind)}`;
  const [bad] = Object.entries(fields).find(([name, is]) => !is(line[name])) ?? [];
  return bad === undefined ? '' : `"${bad}" is missing or wrong`;
}

type Check = (value: unknown) => boolean;

const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isText: Check = (value) => typeof value === 'string';
const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumbers: Check = (value) => Array.isArray(value) && value.every(isNumber);

const STREAM_FIELDS: Readonly<Record<string, Check>> = {
  trial: isNumber,
  index: isNumber,
  scheduledMs: isNumber,
  startUs: isNumber,
  endUs: isNumber,
  trace: isText,
  dueStartUs: (value) => value === null || isNumber(value),
  slipUs: isNumbers,
  transportUs: isNumbers,
  chunkTokens: isNumbers,
  sha256: isText,
};

const TRIAL_FIELDS: Readonly<Record<string, Check>> = {
  trial: isNumber,
  scenario: isText,
  block: isNumber,
  target: isText,
  point: isText,
  factors: isObject,
  generator: isObject,
  machine: isObject,
  values: isObject,
  verdict: isText,
  reasons: Array.isArray,
};
