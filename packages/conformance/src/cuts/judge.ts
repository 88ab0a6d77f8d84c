import { deepEqual, equal, ok } from 'node:assert/strict';

import type { TokenStream } from '@tokenwire/client-kit';
import { textOf, type StreamEvent } from '@tokenwire/protocol';

import { checkLog, textOfAll } from '../harness/check.js';
import { ANSWERS, type AnswerName } from './cases.js';

/** What one reader got. */
export interface Part {
  readonly stream: TokenStream;
  readonly events: readonly StreamEvent[];
  readonly error: Error | undefined;
}

/** Says whether an answer is whole, knowing what it must be. */
export class Judge {
  readonly #url: string;
  readonly #answer: AnswerName;
  /** The right events, as JSON, without what is different each time. */
  readonly #right: readonly string[];

  private constructor(url: string, answer: AnswerName, events: readonly StreamEvent[]) {
    this.#url = url;
    this.#answer = answer;
    this.#right = events.map(comparable);
  }

  /**
   * Reads the answer once without a proxy, to know how the server cuts it into events.
   * @throws {AssertionError} when even that is not what the contract lists.
   */
  static async of(url: string, answer: AnswerName): Promise<Judge> {
    const { events } = await readLog(url, answer, crypto.randomUUID());
    checkLog(events);
    const tokens = events.filter(({ type }) => type === 'content_block_delta').map(textOf);
    ok(tokens.join('|') === ANSWERS[answer].tokens.join('|'), 'the uncut answer is the one that the contract lists');
    return new Judge(url, answer, events);
  }

  /** Events of the whole answer. */
  get length(): number {
    return this.#right.length;
  }

  /**
   * Checks a reader that began after event `after`.
   * @throws {AssertionError} that says what is wrong.
   */
  check({ stream, events, error }: Part, after = 0): void {
    if (error !== undefined) throw error;
    if (after === this.#right.length) return deepEqual(events, [], 'nothing follows the end');
    checkLog(events, after);
    const [got, right] = [events.map(comparable), this.#right.slice(after)];
    // Compared as text first, because a message about a megabyte helps nobody.
    if (got.join('\n') !== right.join('\n')) deepEqual(got.map(brief), right.map(brief), 'the events are the log’s');
    ok(stream.textSoFar === textOfAll(events), 'the text is that of the events');
    equal(stream.status, 'completed');
    equal(stream.partial, false);
  }

  /**
   * Starts the answer again with the same key, and checks that this starts nothing, and that the server's own log is
   * the right one.
   */
  async checkLogOf(key: string, startedAs: string | undefined): Promise<void> {
    const { id, events } = await readLog(this.#url, this.#answer, key);
    equal(startedAs, id, 'one key is one generation');
    ok(events.map(comparable).join('\n') === this.#right.join('\n'), 'the log is the one of the uncut answer');
  }
}

/** Everything in the log of the generation with this key, which is started if there is none. */
async function readLog(url: string, answer: AnswerName, key: string): Promise<{ id: string; events: StreamEvent[] }> {
  const response = await fetch(`${url}/generations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/x-ndjson', 'idempotency-key': key },
    body: JSON.stringify(ANSWERS[answer].request),
  });
  const text = await response.text();
  equal(response.status, 200, text);
  const lines = text.split('\n').filter((line) => line !== '');
  return {
    id: response.headers.get('tokenwire-generation') ?? '',
    events: lines.map((line) => JSON.parse(line) as StreamEvent),
  };
}

/** An event as text, but for the id, which names the generation. */
function comparable(event: StreamEvent): string {
  return JSON.stringify(event.type === 'message_start' ? { ...event, id: '' } : event);
}

function brief(json: string): string {
  return json.length < 300 ? json : `${json.slice(0, 150)} … ${json.slice(-150)} (${json.length} characters)`;
}
