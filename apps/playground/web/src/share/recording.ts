import { type GenerationRequest, type StreamEvent, isTerminal } from '@tokenwire/protocol';

/** What of a pane's record a recording needs. */
export interface Recorded {
  readonly events: readonly StreamEvent[];
  /** Milliseconds of one clock: when the client began, when each token-bearing event came, and of which seq they are. */
  readonly startMs: number | undefined;
  readonly at: readonly number[];
  readonly seqs: readonly number[];
  /** By seq, on the same clock: when it was due in the log. */
  readonly dueMs: readonly number[];
}

export interface RecordingOptions {
  /** What was asked; undefined leaves it out, for example because the prompt is private. */
  readonly request: GenerationRequest | undefined;
  /** When it was recorded. */
  readonly createdAt: Date;
}

/** The largest recording that servers read, in bytes. */
export const MAX_RECORDING_BYTES = 16 * 1024 * 1024;
const MAX_AT_MS = 86_400_000;

/**
 * An answer as a replay file, see `docs/replay-format.md`: replayed, it gives the same events again.
 *
 * Times are those at which the log had its events due, relative to the answer's first event, if all of them are known, and
 * otherwise of arrival, relative to the request.
 * @throws {RangeError} with a sentence for people when the answer cannot be recorded.
 */
export function recordingOf(recorded: Recorded, { request, createdAt }: RecordingOptions): string {
  const refusal = whyNot(recorded.events);
  if (refusal !== undefined) throw new RangeError(refusal);
  const [start] = recorded.events;
  const header = {
    format: 'tokenwire.replay',
    version: 1,
    model: start?.type === 'message_start' ? start.model : '',
    createdAt: createdAt.toISOString(),
    ...(request && { request: askedOf(request) }),
  };
  const times = timesOf(recorded);
  const lines: object[] = [header];
  for (const event of recorded.events) {
    const atMs = times(event.seq);
    const piece = pieceOf(event);
    if (piece) lines.push({ atMs, piece });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A sentence that says why these events are no answer that can be recorded; undefined when they are. */
export function whyNot(events: readonly StreamEvent[]): string | undefined {
  const last = events.at(-1);
  if (last === undefined) return 'There is no answer yet.';
  if (!isTerminal(last)) return 'The answer is not complete yet; a recording has its end.';
  if (last.type === 'cancelled') return 'The answer was stopped; only a complete one can be recorded.';
  if (last.type === 'error') return 'The answer failed; only a complete one can be recorded.';
  if (events[0]?.type !== 'message_start' || last.seq !== events.length) {
    return 'This pane has not seen the whole answer, so it cannot be recorded here.';
  }
  return hasStrangeBlocks(events) ? 'The answer’s blocks are cut in a way that a recording cannot keep.' : undefined;
}

/** Blocks of text and of thinking follow from the pieces in them: none is empty, and none follows one of its kind. */
function hasStrangeBlocks(events: readonly StreamEvent[]): boolean {
  let before: string | undefined;
  for (const [index, event] of events.entries()) {
    if (event.type !== 'content_block_start') continue;
    const { type } = event.block;
    if (type !== 'tool_use' && (type === before || events[index + 1]?.type !== 'content_block_delta')) return true;
    before = type;
  }
  return false;
}

function pieceOf(event: StreamEvent): object | undefined {
  if (event.type === 'message_delta') return { type: 'end', stopReason: event.stopReason, usage: event.usage };
  if (event.type === 'content_block_start') return event.block.type === 'tool_use' ? event.block : undefined;
  if (event.type !== 'content_block_delta') return undefined;
  const { delta, tokens, logprobs } = event;
  return { ...contentOf(delta), ...(tokens !== undefined && { tokens }), ...(logprobs && { logprobs }) };
}

function contentOf(delta: Extract<StreamEvent, { type: 'content_block_delta' }>['delta']): object {
  if (delta.type === 'text_delta') return { type: 'text', text: delta.text };
  if (delta.type === 'thinking_delta') return { type: 'thinking', thinking: delta.thinking };
  return { type: 'tool_input', partialJson: delta.partialJson };
}

/** Seq → milliseconds after the beginning. Asked in order; what is no token came with the token before it. */
function timesOf({ events, startMs = 0, at, seqs, dueMs }: Recorded): (seq: number) => number {
  // All or none: due times count from the first event and times of arrival from the request, which is a little earlier.
  const allDue = events.every(({ seq }) => dueMs[seq] !== undefined);
  let index = 0;
  let latestMs = 0;
  return (seq) => {
    while (index < seqs.length && seqs[index]! < seq) index += 1;
    const arrived = seqs[index] === seq ? at[index]! - startMs : 0;
    const ms = allDue ? dueMs[seq]! - dueMs[1]! : arrived;
    // Never back, though clocks of two machines are compared.
    latestMs = Math.max(latestMs, Math.min(MAX_AT_MS, Math.round(ms * 1000) / 1000));
    return latestMs;
  };
}

/** What the header keeps of a request; a prompt is one message of the user. */
function askedOf({ prompt, messages, maxTokens, temperature, seed }: GenerationRequest): object {
  const asked = messages ?? (prompt === undefined ? undefined : [{ role: 'user', content: prompt }]);
  return { messages: asked, maxTokens, temperature, seed };
}

/** A name for the file that `replay/<name>` can ask for: 1 to 64 of `a-z`, `0-9` and `-`. */
export function recordingName(model: string, seed: number | undefined): string {
  const words = [model, seed ?? ''].join('-').toLowerCase();
  const name = words.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-+|-+$/g, '');
  return name.slice(0, 64) || 'answer';
}

/** Whether `replay/<name>` can name it. */
export function isRecordingName(name: string): boolean {
  return /^[a-z0-9-]{1,64}$/.test(name);
}
