import type { StopReason } from '@tokenwire/protocol';
import type { Piece, SourceRequest } from './source.js';

/** The first line of a recording. See `docs/replay-format.md`. */
export interface ReplayHeader {
  readonly format: 'tokenwire.replay';
  readonly version: 1;
  /** The model that answered, by its full name. */
  readonly model: string;
  /** When it was recorded: ISO 8601, UTC. */
  readonly createdAt: string;
  /** What was asked. Optional: leave it out when the conversation is not to be kept. */
  readonly request?: Pick<SourceRequest, 'messages' | 'maxTokens' | 'temperature' | 'seed'>;
}

/** One further line: a piece, and when it came. */
export interface ReplayLine {
  /** Milliseconds after the request was made, 0 to 86 400 000; never less than in the line before. */
  readonly atMs: number;
  readonly piece: Piece;
}

/** A whole recording. Shared by all who replay it: nobody may change its pieces. */
export interface Recording {
  readonly header: ReplayHeader;
  readonly lines: readonly ReplayLine[];
}

const MAX_AT_MS = 86_400_000;
const STOP_REASONS: ReadonlySet<unknown> = new Set<StopReason>([
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'refusal',
]);

type Fields = Readonly<Record<string, unknown>>;

/** Writes one line, newline included. JSON escapes lone surrogates, so every string survives the file. */
export function formatLine(line: ReplayHeader | ReplayLine): string {
  return `${JSON.stringify(line, (key, value: unknown) => (key === 'dueMs' ? undefined : value))}\n`;
}

/**
 * Reads a recording.
 * @throws {SyntaxError} that names the first bad line, by its number from 1, and what is wrong with it.
 */
export function parseRecording(text: string): Recording {
  const [first = '', ...rest] = text.split('\n');
  // A file ends with a newline, so the last part is empty.
  if (rest.at(-1) === '') rest.pop();
  const header = headerOf(fieldsOf(first, 1));
  let previousMs = 0;
  const lines = rest.map((line, index) => {
    const number = index + 2;
    const { atMs, piece } = fieldsOf(line, number);
    if (typeof atMs !== 'number' || !(atMs >= previousMs && atMs <= MAX_AT_MS)) {
      bad(number, `atMs must be a number from ${previousMs} (the line before) to ${MAX_AT_MS}`);
    }
    previousMs = atMs;
    const read = pieceOf(piece, number);
    if ((read.type === 'end') !== (index === rest.length - 1)) {
      bad(number, read.type === 'end' ? 'nothing may follow the piece "end"' : 'the last piece must be "end"');
    }
    return { atMs, piece: read };
  });
  if (lines.length === 0) bad(2, 'the pieces are missing');
  return { header, lines };
}

function headerOf(fields: Fields): ReplayHeader {
  const { format, version, model, createdAt } = fields;
  if (format !== 'tokenwire.replay') bad(1, 'format must be "tokenwire.replay"');
  if (version !== 1) bad(1, 'version must be 1');
  if (typeof model !== 'string') bad(1, 'model must be a string');
  if (typeof createdAt !== 'string' || Number.isNaN(Date.parse(createdAt)))
    bad(1, 'createdAt must be an ISO 8601 time');
  return { ...fields, format, version, model, createdAt };
}

function pieceOf(value: unknown, line: number): Piece {
  if (!isFields(value)) bad(line, 'piece must be an object');
  const { tokens } = value;
  if (tokens !== undefined && !(Number.isSafeInteger(tokens) && (tokens as number) >= 0)) {
    bad(line, 'piece.tokens must be a whole number, 0 or more');
  }
  const strings = REQUIRED_STRINGS[value['type'] as Piece['type']];
  if (!strings || !Object.hasOwn(REQUIRED_STRINGS, value['type'] as string)) {
    bad(line, `piece.type must be one of ${Object.keys(REQUIRED_STRINGS).join(', ')}`);
  }
  for (const name of strings) if (typeof value[name] !== 'string') bad(line, `piece.${name} must be a string`);
  if (value['type'] === 'end') checkEnd(value, line);
  return value as unknown as Piece;
}

const REQUIRED_STRINGS: Readonly<Record<Piece['type'], readonly string[]>> = {
  text: ['text'],
  thinking: ['thinking'],
  tool_use: ['id', 'name'],
  tool_input: ['partialJson'],
  end: ['stopReason'],
};

function checkEnd({ stopReason, usage }: Fields, line: number): void {
  if (!STOP_REASONS.has(stopReason)) bad(line, `piece.stopReason must be one of ${[...STOP_REASONS].join(', ')}`);
  const counts = isFields(usage) ? [usage['inputTokens'], usage['outputTokens']] : [undefined];
  if (!counts.every((count) => Number.isSafeInteger(count) && (count as number) >= 0)) {
    bad(line, 'piece.usage must hold inputTokens and outputTokens, whole numbers');
  }
}

function fieldsOf(text: string, line: number): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    bad(line, 'not JSON');
  }
  if (!isFields(value)) bad(line, 'not an object');
  return value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(line: number, problem: string): never {
  throw new SyntaxError(`line ${line}: ${problem}.`);
}
