import { randomUUID } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { systemClock, type Clock } from '@tokenwire/protocol';
import { formatLine, type ReplayHeader } from './replay-format.js';
import type { Piece, SourceRequest, TokenSource } from './source.js';

export interface RecordOptions {
  /** Replace a file that exists. Default false. */
  readonly force?: boolean;
  /** Stops recording; nothing is left behind. */
  readonly signal?: AbortSignal;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Called after each batch. */
  readonly onProgress?: (progress: { readonly pieces: number; readonly atMs: number }) => void;
}

export interface RecordResult {
  readonly pieces: number;
  /** When the last piece came, in milliseconds after the request. */
  readonly durationMs: number;
}

/**
 * Asks `source` and writes its answer to `path` as a recording. Times are those of the model's timetable
 * where it has one, otherwise of arrival. The file appears whole or not at all: it is written beside its
 * place and then renamed.
 *
 * @throws {Error} when `path` exists and `force` is not set, when the answer did not end, or was aborted.
 * @throws whatever the source throws; then nothing is written.
 */
export async function recordAnswer(
  source: TokenSource,
  request: SourceRequest,
  path: string,
  options: RecordOptions = {},
): Promise<RecordResult> {
  await refuseExisting(path, options);
  const lines: string[] = [formatLine(headerOf(request))];
  const result = await collect(source, request, lines, options);
  await refuseExisting(path, options);
  await replaceFile(path, lines.join(''));
  return result;
}

async function replaceFile(path: string, text: string): Promise<void> {
  // In the same directory, since a rename is atomic only within one file system.
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx', flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function collect(
  source: TokenSource,
  request: SourceRequest,
  lines: string[],
  { clock = systemClock, signal = new AbortController().signal, onProgress }: RecordOptions,
): Promise<RecordResult> {
  const startMs = clock.now();
  let pieces = 0;
  let atMs = 0;
  let last: Piece | undefined;
  for await (const batch of source(request, { signal, clock })) {
    const nowMs = clock.now() - startMs;
    for (const piece of batch) {
      // Never backwards, though due times and arrival may be mixed.
      atMs = Math.max(atMs, rounded(piece.dueMs === undefined ? nowMs : piece.dueMs - startMs));
      lines.push(formatLine({ atMs, piece }));
      pieces += 1;
      last = piece;
    }
    onProgress?.({ pieces, atMs });
  }
  if (signal.aborted) throw new Error('Recording was aborted; nothing was written.');
  if (last?.type !== 'end') throw new Error('The answer ended without its end marker; nothing was written.');
  return { pieces, durationMs: atMs };
}

function headerOf(request: SourceRequest): ReplayHeader {
  const { model, messages, maxTokens, temperature, seed } = request;
  const createdAt = new Date().toISOString();
  return {
    format: 'tokenwire.replay',
    version: 1,
    model,
    createdAt,
    request: { messages, maxTokens, temperature, seed },
  };
}

async function refuseExisting(path: string, { force }: RecordOptions): Promise<void> {
  if (force) return;
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  if (exists) throw new Error('A recording of that name exists. Choose another name, or replace it with --force.');
}

/** Whole microseconds, and nothing below zero. */
function rounded(ms: number): number {
  return Math.max(0, Math.round(ms * 1000) / 1000);
}
