import type { IncomingMessage } from 'node:http';
import { TokenwireError } from '@tokenwire/protocol';
import type { APIError } from 'openai';
import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import type { SourceContext } from '../source.js';
import { withoutRefused } from './chat-request.js';
import { connectionError, statusError } from './errors.js';
import { Exchange, type Agents } from './http.js';
import type { UpstreamLimits } from './limits.js';
import { Watchdog } from './watchdog.js';

/** Where an upstream is and how it is asked. Comes from the server's configuration, never from a request. */
export interface Endpoint {
  readonly baseUrl: string;
  /** Absent: no `Authorization` header is sent. */
  readonly apiKey?: string;
  readonly limits: UpstreamLimits;
  readonly agents: Agents;
}

/** How long a connection may take to end by itself after the end marker, so that it can be used again. */
const TAIL_MS = 1_000;
/** Node's timers hold no more. */
const MAX_TIMER_MS = 2_147_483_647;

/** One answer's connection to an upstream: its attempts, its time limits and its end. */
export class UpstreamCall {
  readonly watchdog: Watchdog;
  /** Why the call was given up, if it was a time limit. */
  failure: TokenwireError | undefined;
  readonly #endpoint: Endpoint;
  readonly #context: SourceContext;
  #exchange: Exchange | undefined;
  #wakeUp: (() => void) | undefined;

  constructor(endpoint: Endpoint, context: SourceContext) {
    this.#endpoint = endpoint;
    this.#context = context;
    this.watchdog = new Watchdog(context.clock, endpoint.limits, (failure) => {
      this.failure = failure;
      this.cancel();
    });
  }

  /** Destroys the connection, or ends the wait for the next attempt. */
  readonly cancel = (): void => {
    this.#exchange?.cancel(this.failure);
    this.#wakeUp?.();
  };

  /**
   * Asks until the upstream accepts, as often as the limits allow.
   * @throws {TokenwireError} as documented at `chatSource`
   */
  async open(body: ChatCompletionCreateParamsStreaming): Promise<IncomingMessage> {
    let asked = body;
    for (let retries = 0; ;) {
      this.watchdog.attempt();
      try {
        return await this.#ask(asked);
      } catch (error) {
        if (!(error instanceof AttemptFailed)) throw error;
        const reduced = withoutRefused(asked, error.field);
        if (reduced) {
          asked = reduced;
          continue;
        }
        const delayMs = this.#retryDelay(error.reason, retries);
        if (delayMs === undefined) throw error.reason;
        await this.#pause(delayMs);
        retries += 1;
      }
    }
  }

  /** Leaves nothing behind. A complete answer's connection is kept for the next one. */
  close(complete: boolean): void {
    this.watchdog.stop();
    const message = this.#exchange?.message;
    if (!complete || !message) return this.cancel();
    message.resume();
    if (message.complete) return;
    const callOff = this.#context.clock.after(TAIL_MS, () => message.destroy(), { background: true });
    message.once('close', callOff);
  }

  async #ask(body: ChatCompletionCreateParamsStreaming): Promise<IncomingMessage> {
    const { agents, limits } = this.#endpoint;
    const { APIError, OpenAI } = await import('openai');
    if (this.failure) throw this.failure;
    const exchange = new Exchange(agents, this.#context.clock, limits.connectMs);
    this.#exchange = exchange;
    // A client for each exchange: its `fetch` is how the exchange gets hold of the socket.
    const client = new OpenAI(clientOptions(this.#endpoint, exchange));
    try {
      // The stream is not read through the SDK: that costs twice the CPU per token, keeps a line of any length
      // in memory, and logs chunks that it cannot parse.
      const response = await client.chat.completions.create(body).asResponse();
      const message = exchange.message;
      const type = response.headers.get('content-type') ?? 'text/event-stream';
      if (message && type.startsWith('text/event-stream')) return message;
    } catch (error) {
      if (exchange.failure) throw exchange.failure;
      throw error instanceof APIError ? new AttemptFailed(error) : error;
    }
    throw new TokenwireError('upstream_protocol', "The model's provider did not answer with a stream.");
  }

  #retryDelay(error: TokenwireError, retries: number): number | undefined {
    const { maxRetries, retryDelayMs, maxRetryDelayMs } = this.#endpoint.limits;
    if (this.#context.signal.aborted || !error.retryable || retries >= maxRetries) return undefined;
    const { retryAfterMs } = error.details;
    // Spread out, so that many answers that failed together do not come back together.
    const delayMs = retryAfterMs ?? retryDelayMs * 2 ** retries * (0.75 + Math.random() / 2);
    return delayMs <= maxRetryDelayMs ? delayMs : undefined;
  }

  async #pause(delayMs: number): Promise<void> {
    let callOff: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      this.#wakeUp = resolve;
      callOff = this.#context.clock.after(Math.ceil(delayMs), resolve);
    });
    this.#wakeUp = undefined;
    callOff?.();
    if (this.failure) throw this.failure;
    this.#context.signal.throwIfAborted();
  }
}

/** An attempt that the upstream refused, or that did not reach it. */
class AttemptFailed extends Error {
  readonly reason: TokenwireError;
  /** The request field that the upstream named as the culprit. */
  readonly field: unknown;

  // The SDK's error is not kept as the cause: it holds the upstream's raw body.
  constructor({ status, headers, code, param, cause }: APIError) {
    super('The attempt failed.');
    this.reason = status === undefined ? connectionError(cause) : statusError(status, headers, code);
    this.field = status === 400 ? param : undefined;
  }
}

/** Everything is said here, so that the SDK takes nothing from the environment. */
function clientOptions(
  endpoint: Endpoint,
  exchange: Exchange,
): ConstructorParameters<typeof import('openai').OpenAI>[0] {
  const { apiKey, baseUrl, limits } = endpoint;
  return {
    // The SDK insists on a key; without one, its header is taken out again.
    apiKey: apiKey ?? 'none',
    ...(apiKey === undefined ? { defaultHeaders: { authorization: null } } : {}),
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: baseUrl,
    // Both are done here: its waiting cannot be aborted and does not follow our clock.
    maxRetries: 0,
    timeout: Math.min(limits.totalMs + 60_000, MAX_TIMER_MS),
    logLevel: 'off',
    fetch: exchange.fetch,
  };
}
