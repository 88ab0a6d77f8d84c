import type { ContentBlockDelta, StreamEvent } from '@tokenwire/protocol';
import type { Generation, LogEntry } from '@tokenwire/generation-log';
import { closedSignal, giantIn, ResponseBody, streamHeaders, type TransportSettings } from '@tokenwire/server-kit';
import type { Response } from 'express';

export const TEXT = 'text/plain';

/**
 * `Accept: text/plain`: only the text of the answer, for `curl -N` and for people. Plain text has no place for
 * events, heartbeats or cursors; so an answer that was not completed is cut off, and curl reports it.
 */
export async function sendText(
  res: Response,
  generation: Generation,
  seq: number,
  { writeStallMs }: TransportSettings,
): Promise<void> {
  res.writeHead(200, streamHeaders(generation, `${TEXT}; charset=utf-8`));
  res.flushHeaders();
  const body = new ResponseBody(res);
  const signal = closedSignal(res);
  const joiner = new SurrogateJoiner();
  for await (const batch of generation.read(seq, { signal })) {
    for (const text of piecesOf(batch)) {
      if (!body.write(joiner.join(text)) && !(await body.drained(writeStallMs))) res.destroy();
    }
  }
  if (signal.aborted) return;
  // Without the empty last chunk; what was written before still arrives.
  if (generation.status !== 'completed') return void res.socket?.end();
  res.end(joiner.rest());
}

const PIECE_CHARACTERS = 16 * 1024;

/** Texts of entries that are too large for a batch: kept with the entry, so that slow readers share one. */
const GIANT_TEXTS = new WeakMap<LogEntry, string>();

/** The text of a batch in pieces that a full connection may hold. Pieces of a text cost nothing beside it. */
function* piecesOf(batch: readonly LogEntry[]): Generator<string> {
  const [first] = batch;
  if (!first || !giantIn(batch)) return yield batch.map(textOfEntry).join('');
  const text = GIANT_TEXTS.get(first) ?? textOfEntry(first);
  GIANT_TEXTS.set(first, text);
  for (let from = 0; from < text.length; from += PIECE_CHARACTERS) yield text.slice(from, from + PIECE_CHARACTERS);
}

const DELTA = /^\{"seq":\d+,"type":"content_block_delta"/;

/** Decodes only deltas: the log keeps JSON, which every other reader sends as it is. */
function textOfEntry(entry: LogEntry): string {
  if (!DELTA.test(entry.json)) return '';
  const { delta } = JSON.parse(entry.json) as Extract<StreamEvent, ContentBlockDelta>;
  return delta.type === 'text_delta' ? delta.text : '';
}

/** Models split emoji over tokens: half a surrogate pair waits for its other half, or UTF-8 could not write it. */
class SurrogateJoiner {
  #held = '';

  join(text: string): string {
    const whole = this.#held + text;
    this.#held = /[\uD800-\uDBFF]$/.test(whole) ? whole.slice(-1) : '';
    return this.#held ? whole.slice(0, -1) : whole;
  }

  /** What never found its other half. UTF-8 has no form for it, so it is written as U+FFFD. */
  rest(): string {
    return this.#held;
  }
}
