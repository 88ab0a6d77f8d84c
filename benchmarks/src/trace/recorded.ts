import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';

import { MAX_RECORDING_BYTES, parseRecording, RECORDING_SUFFIX, type Piece } from '@tokenwire/token-source';

import { messageOf, UsageError } from '../compare/failures.js';
import { sha256 } from '../compare/sha256.js';
import type { RecordingSummary } from '../raw/manifest.js';
import type { TraceSpec } from './trace.js';

/** A recorded answer, as far as a trace carries it: a text for each piece that says something, and when it came. */
export interface RecordedAnswer extends RecordingSummary {
  readonly texts: readonly string[];
  /** Whole microseconds after the request. */
  readonly offsetsUs: readonly number[];
}

/** Of every recording, whatever its file is called: bytes on the wire must not depend on that. */
export const RECORDED_TRACE = 'recording';
/** What a stream is asked for at most. */
const MAX_TOKENS = 100_000;
/** A surrogate without the other one. */
const HALF_CHARACTER = /\p{Surrogate}/u;

/**
 * Reads a recording (`docs/replay-format.md`) as the specification of a trace. Thinking and the input of tools become
 * text; each piece that says something is one token, however many it held.
 * @throws {UsageError} in one line, for a file that cannot be read, breaks the format (it names the line), or cannot be a
 * trace.
 */
export function recordedTrace(path: string): TraceSpec {
  const name = basename(path, RECORDING_SUFFIX);
  const recorded = read(path, name);
  const { texts, offsetsUs } = recorded;
  const [first = 0, last = 0] = [offsetsUs[0], offsetsUs.at(-1)];
  // All at once is no rate. A millisecond is what servers tell apart.
  const seconds = Math.max(last - first, 1_000) / 1e6;
  const tokensPerSecond = Math.round(((texts.length - 1) / seconds) * 1000) / 1000;
  const drawn = { seed: 0, tokensPerSecond, ttftMs: first / 1000, jitter: 0 };
  return { name: RECORDED_TRACE, tokens: texts.length, ...drawn, recorded };
}

function read(path: string, name: string): RecordedAnswer {
  try {
    const { size } = statSync(path);
    if (size > MAX_RECORDING_BYTES) throw new Error(`larger than ${MAX_RECORDING_BYTES} bytes`);
    const file = readFileSync(path);
    // The header is line 1.
    const spoken = parseRecording(file.toString()).lines.flatMap(({ atMs, piece }, index) => {
      const text = textOf(piece);
      if (HALF_CHARACTER.test(text))
        throw new Error(`line ${index + 2}: half a character, which bare text cannot carry`);
      return text === '' ? [] : { text, offsetUs: Math.round(atMs * 1000) };
    });
    if (spoken.length < 2) throw new Error('an answer of less than two tokens has no latency between tokens');
    if (spoken.length > MAX_TOKENS) throw new Error(`more than ${MAX_TOKENS} tokens`);
    const [texts, offsetsUs] = [spoken.map(({ text }) => text), spoken.map(({ offsetUs }) => offsetUs)];
    return { name, sha256: sha256(file), texts, offsetsUs };
  } catch (error) {
    throw new UsageError(`--recording ${name}: ${messageOf(error)}`);
  }
}

function textOf(piece: Piece): string {
  if (piece.type === 'text') return piece.text;
  if (piece.type === 'thinking') return piece.thinking;
  return piece.type === 'tool_input' ? piece.partialJson : '';
}
