import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TokenwireError } from '@tokenwire/protocol';
import { timetable, type Timetable } from './cadence.js';
import { paced } from './paced.js';
import { parseRecording, type Recording } from './replay-format.js';
import type { Piece, TokenSource } from './source.js';
import { estimateInputTokens } from './usage.js';

/** The recordings that come with the package; the same place seen from `src` and from `dist`. */
export const RECORDINGS_DIR: string = fileURLToPath(new URL('../recordings/', import.meta.url));

/** File name ending of a recording. */
export const RECORDING_SUFFIX = '.jsonl';
/** Largest file that is read, in bytes. */
export const MAX_RECORDING_BYTES = 16 * 1024 * 1024;
/** Recordings kept in memory; the one that was loaded first makes room. */
const MAX_LOADED = 32;

const NAME = /^[a-z0-9-]{1,64}$/;

/** Whether `name` may name a recording: 1 to 64 of `a-z`, `0-9` and `-`, so it cannot leave its directory. */
export function isRecordingName(name: string): boolean {
  return NAME.test(name);
}

/** Recordings by name, from several directories; the first that has a name wins. */
export class RecordingLibrary {
  readonly #directories: readonly string[];
  readonly #loaded = new Map<string, { readonly stamp: string; readonly recording: Recording }>();

  constructor(directories: readonly string[]) {
    this.#directories = directories;
  }

  /** Names of what is there now, sorted. A directory that does not exist is empty. */
  names(): string[] {
    const names = new Set<string>();
    for (const directory of this.#directories) {
      for (const file of listed(directory)) {
        const name = file.endsWith(RECORDING_SUFFIX) ? file.slice(0, -RECORDING_SUFFIX.length) : '';
        if (isRecordingName(name)) names.add(name);
      }
    }
    return [...names].sort();
  }

  /**
   * The recording called `name`, or undefined. A changed file is read again.
   * @throws {TokenwireError} `internal`, not retryable, naming the line when the file is no valid recording.
   */
  find(name: string): Recording | undefined {
    if (!isRecordingName(name)) return undefined;
    for (const directory of this.#directories) {
      const path = join(directory, name + RECORDING_SUFFIX);
      const stats = statSync(path, { throwIfNoEntry: false });
      if (!stats?.isFile()) continue;
      const stamp = `${stats.mtimeMs} ${stats.size}`;
      const loaded = this.#loaded.get(path);
      if (loaded?.stamp === stamp) return loaded.recording;
      const recording = load(name, path, stats.size);
      this.#keep(path, { stamp, recording });
      return recording;
    }
    return undefined;
  }

  #keep(path: string, entry: { readonly stamp: string; readonly recording: Recording }): void {
    this.#loaded.set(path, entry);
    const [oldest] = this.#loaded.keys();
    if (this.#loaded.size > MAX_LOADED && oldest !== undefined) this.#loaded.delete(oldest);
  }
}

/**
 * Replays `recording` with its own timing, or with the request's cadence if it names one. `maxTokens` cuts it
 * short with `max_tokens`; a piece that holds more tokens than are left is not split but left out.
 */
export function replaySource(recording: Recording): TokenSource {
  return (request, context) => {
    const times = request.cadence === undefined ? recordedTimes(recording) : timetable(request.cadence, request.seed);
    return paced(replayedPieces(recording, request), times, context);
  };
}

function* replayedPieces({ lines }: Recording, request: Parameters<TokenSource>[0]): Generator<Piece> {
  let tokens = 0;
  for (const { piece } of lines) {
    tokens += piece.tokens ?? (piece.type === 'tool_use' || piece.type === 'end' ? 0 : 1);
    if (tokens > request.maxTokens) {
      const held = piece.tokens ?? 1;
      const usage = { inputTokens: estimateInputTokens(request), outputTokens: tokens - held };
      return yield { type: 'end', stopReason: 'max_tokens', usage, tokens: 0, dueMs: 0 };
    }
    // A copy: the recording is shared, and each replay writes its own due time into its pieces.
    yield { ...piece, dueMs: 0 };
  }
}

/** Every call is one piece, whatever it holds: the recording knows when each came. */
function recordedTimes({ lines }: Recording): Timetable {
  let index = -1;
  return () => lines[(index += 1)]?.atMs ?? lines.at(-1)?.atMs ?? 0;
}

function load(name: string, path: string, bytes: number): Recording {
  if (bytes > MAX_RECORDING_BYTES) {
    throw new TokenwireError('internal', `Recording ${name}: larger than ${MAX_RECORDING_BYTES} bytes.`, {
      retryable: false,
    });
  }
  try {
    return parseRecording(readFileSync(path, 'utf8'));
  } catch (cause) {
    const problem = cause instanceof SyntaxError ? cause.message : 'the file cannot be read.';
    throw new TokenwireError('internal', `Recording ${name}, ${problem}`, { retryable: false, cause });
  }
}

function listed(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
