import type { ContentBlockDelta, StreamEvent } from '@tokenwire/protocol';
import type { Generation, LogEntry } from '@tokenwire/generation-log';
import { closedSignal, ResponseBody, streamHeaders, type TransportSettings } from '@tokenwire/server-kit';
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
    const text = joiner.join(batch.map(textOfEntry).join(''));
    if (!body.write(text) && !(await body.drained(writeStallMs))) res.destroy();
  }
  if (signal.aborted) return;
  // Without the empty last chunk; what was written before still arrives.
  if (generation.status !== 'completed') return void res.socket?.end();
  res.end(joiner.rest());
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
