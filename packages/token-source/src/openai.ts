import { TokenwireError } from '@tokenwire/protocol';
import { ChatAnswer } from './openai/chat-answer.js';
import { chatRequest, type Dialect } from './openai/chat-request.js';
import { connectionError } from './openai/errors.js';
import { SseDecoder } from './openai/sse-decoder.js';
import { UpstreamCall, type Endpoint } from './openai/upstream-call.js';
import type { Piece, SourceContext, SourceRequest, TokenSource } from './source.js';
import { estimateInputTokens } from './usage.js';

/** Ends the stream of every chat completion. */
const END_MARKER = '[DONE]';

/**
 * A model behind the OpenAI chat completions API, or one that speaks like it.
 *
 * The first batch is empty and comes when the upstream has accepted; further ones hold what one piece of network
 * brought. Aborting destroys the socket. Retries happen before acceptance only.
 *
 * @param model the upstream's name for it
 * @throws {TokenwireError} from the iteration, never with a key, host, prompt or words of the upstream:
 * - `upstream_rate_limited` on 429, with `retryAfterMs` if the upstream gave one
 * - `upstream_error` on other refusals and 5xx, lost connections, errors reported in mid-stream
 * - `upstream_timeout` before the first content and past the total; `upstream_stalled` after it
 * - `upstream_truncated` when the stream ends well-formed but without a reason for stopping
 * - `upstream_protocol` on redirects, compressed or non-stream answers, malformed or endless chunks
 */
export function chatSource(model: string, dialect: Dialect, endpoint: Endpoint): TokenSource {
  return (request, context) => answerOf(model, dialect, endpoint, request, context);
}

async function* answerOf(
  model: string,
  dialect: Dialect,
  endpoint: Endpoint,
  request: SourceRequest,
  context: SourceContext,
): AsyncGenerator<readonly Piece[]> {
  const { signal } = context;
  if (signal.aborted) return;
  const call = new UpstreamCall(endpoint, context);
  const reader = new StreamReader(call, endpoint.limits.maxEventChars, estimateInputTokens(request));
  signal.addEventListener('abort', call.cancel);
  try {
    const message = await call.open(chatRequest(model, request, dialect));
    if (signal.aborted) return;
    yield [];
    message.setEncoding('utf8');
    // Left undestroyed at the end marker, so that the connection can serve the next answer.
    for await (const text of message.iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
      const batch = reader.read(text);
      if (batch.length > 0) {
        // The time that our reader takes is not the model's silence.
        call.watchdog.pause();
        yield batch;
        reader.watch(true);
      }
      if (reader.failure) throw reader.failure;
      if (reader.complete) break;
    }
    yield reader.end();
  } catch (error) {
    if (signal.aborted) return;
    // The reason for stopping is known, so the answer is whole; only its usage got lost.
    if (!reader.finished) throw call.failure ?? knownError(error);
    yield reader.end();
  } finally {
    signal.removeEventListener('abort', call.cancel);
    call.close(reader.complete);
  }
}

/** Reads the stream of one answer: text in, pieces out. */
class StreamReader {
  /** Set by `read`: to be thrown once what came before it has been handed out. */
  failure: unknown;
  /** Whether the end marker has come. */
  complete = false;
  readonly #call: UpstreamCall;
  readonly #decoder: SseDecoder;
  readonly #answer: ChatAnswer;

  constructor(call: UpstreamCall, maxEventChars: number, inputEstimate: number) {
    this.#call = call;
    this.#decoder = new SseDecoder(maxEventChars);
    this.#answer = new ChatAnswer(inputEstimate);
  }

  get finished(): boolean {
    return this.#answer.finished;
  }

  read(text: string): Piece[] {
    const events: string[] = [];
    const batch: Piece[] = [];
    let content = false;
    try {
      this.#decoder.push(text, events);
    } catch (error) {
      this.failure = error;
    }
    try {
      content = this.#readEvents(events, batch);
    } catch (error) {
      this.failure = error;
    }
    this.watch(content);
    return batch;
  }

  /** Tells the watchdog what to expect next. */
  watch(content: boolean): void {
    if (this.finished) this.#call.watchdog.finished();
    else if (content) this.#call.watchdog.content();
  }

  /** The last batch. @throws {TokenwireError} `upstream_truncated` when the model has not said that it is done. */
  end(): Piece[] {
    const batch: Piece[] = [];
    if (!this.finished) this.#readRest(batch);
    if (!this.finished) {
      throw new TokenwireError('upstream_truncated', "The model's answer ended before it was complete.");
    }
    batch.push(this.#answer.end());
    return batch;
  }

  #readEvents(events: readonly string[], batch: Piece[]): boolean {
    let content = false;
    for (const data of events) {
      if (this.complete) break;
      if (data.startsWith(END_MARKER)) this.complete = true;
      else if (this.#answer.read(data, batch)) content = true;
    }
    return content;
  }

  /** Some servers forget the empty line after their last event. */
  #readRest(batch: Piece[]): void {
    const events: string[] = [];
    this.#decoder.flush(events);
    try {
      this.#readEvents(events, batch);
    } catch {
      // Half an event: the answer was truncated, which is what the caller then says.
      batch.length = 0;
    }
  }
}

/** What sockets and parsers throw has a code; anything else is a fault of this program and stays as it is. */
function knownError(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  return error instanceof TokenwireError || typeof code !== 'string' ? error : connectionError(error);
}
