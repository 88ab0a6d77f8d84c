import { TokenwireError, type StopReason, type TokenLogprob, type Usage } from '@tokenwire/protocol';
import type { Piece } from '../source.js';
import { streamError } from './errors.js';
import { ToolCalls } from './tool-calls.js';

type Fields = Readonly<Record<string, unknown>>;

/** Reasons of OpenAI, and of servers that follow it loosely. */
const STOP_REASONS: ReadonlyMap<unknown, StopReason> = new Map<unknown, StopReason>([
  ['stop', 'end_turn'],
  ['eos', 'end_turn'],
  ['eos_token', 'end_turn'],
  ['end_turn', 'end_turn'],
  ['stop_sequence', 'stop_sequence'],
  ['length', 'max_tokens'],
  ['max_tokens', 'max_tokens'],
  ['tool_calls', 'tool_use'],
  ['function_call', 'tool_use'],
  ['content_filter', 'refusal'],
]);

/** Turns the chunks of one chat completion into pieces. */
export class ChatAnswer {
  readonly #tools = new ToolCalls();
  readonly #inputEstimate: number;
  #stopReason: StopReason | undefined;
  #refused = false;
  #usage: Usage | undefined;
  #outputTokens = 0;

  /** @param inputEstimate tokens of the prompt, for upstreams that report no usage */
  constructor(inputEstimate: number) {
    this.#inputEstimate = inputEstimate;
  }

  /** Whether the model has said why it stopped. What follows is only usage. */
  get finished(): boolean {
    return this.#stopReason !== undefined;
  }

  /**
   * Reads the data of one event and adds its pieces to `out`. Empty deltas, unknown fields and whatever comes
   * after the reason for stopping add none.
   * @returns whether there was content, passed on already or held
   * @throws {TokenwireError} `upstream_protocol` · `upstream_error` · `upstream_rate_limited`
   */
  read(data: string, out: Piece[]): boolean {
    const chunk = parse(data);
    if (chunk['error']) throw streamError(chunk['error']);
    this.#readUsage(chunk['usage']);
    const { choices } = chunk;
    const choice: unknown = Array.isArray(choices) ? choices.find((one: Fields | null) => !one?.['index']) : undefined;
    if (this.finished || !isFields(choice)) return false;
    const before = out.length;
    const { delta, finish_reason: reason, logprobs } = choice;
    const held = isFields(delta) && this.#readDelta(delta, logprobs, out);
    if (typeof reason === 'string') this.#finish(reason, out);
    for (let i = before; i < out.length; i += 1) this.#outputTokens += tokensOf(out[i]);
    return held || out.length > before;
  }

  /** The last piece. Only after `finished`. */
  end(): Piece {
    const usage = this.#usage ?? { inputTokens: this.#inputEstimate, outputTokens: this.#outputTokens };
    return { type: 'end', stopReason: this.#stopReason ?? 'end_turn', usage, tokens: 0 };
  }

  /** Returns whether the delta held anything. */
  #readDelta(delta: Fields, logprobs: unknown, out: Piece[]): boolean {
    const thinking = anyText(delta['reasoning_content']) || anyText(delta['reasoning']);
    const refusal = textIn(delta, 'refusal');
    const text = textIn(delta, 'content') + refusal;
    if (refusal) this.#refused = true;
    if (thinking || text) this.#tools.close(out);
    if (thinking) out.push({ type: 'thinking', thinking });
    if (text) out.push(textWith(text, refusal ? undefined : logprobs));
    const calls = delta['tool_calls'];
    if (Array.isArray(calls)) for (const call of calls) if (isFields(call)) this.#tools.add(call, out);
    return thinking !== '' || text !== '' || (Array.isArray(calls) && calls.length > 0);
  }

  #finish(reason: string, out: Piece[]): void {
    this.#tools.close(out);
    const known = STOP_REASONS.get(reason);
    // To guess `end_turn` could pass off half an answer as a whole one.
    if (!known) throw protocol('The model stopped for a reason that is not known here.');
    // Some servers say `stop` after a tool call.
    const withTools = known === 'end_turn' && this.#tools.any ? 'tool_use' : known;
    this.#stopReason = this.#refused && known === 'end_turn' ? 'refusal' : withTools;
  }

  #readUsage(usage: unknown): void {
    if (!isFields(usage)) return;
    const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = usage;
    if (isCount(inputTokens) && isCount(outputTokens)) this.#usage = { inputTokens, outputTokens };
  }
}

function parse(data: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    // No cause: the parser's message quotes what it read.
    throw protocol('The model sent a chunk that is not JSON.');
  }
  if (!isFields(value)) throw protocol('The model sent a chunk of unknown form.');
  return value;
}

function textIn(fields: Fields, name: string): string {
  const value = fields[name];
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw protocol('The model sent a chunk of unknown form.');
  return value;
}

/** Reasoning is no part of the standard: what is not text is an unknown field. */
function anyText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function textWith(text: string, logprobs: unknown): Piece {
  const content = isFields(logprobs) ? logprobs['content'] : undefined;
  if (!Array.isArray(content) || content.length === 0) return { type: 'text', text };
  return { type: 'text', text, tokens: content.length, logprobs: content.map(logprobOf) };
}

function logprobOf(value: unknown): TokenLogprob {
  const top = isFields(value) && Array.isArray(value['top_logprobs']) ? value['top_logprobs'] : [];
  return { ...tokenOf(value), top: top.map(tokenOf) };
}

function tokenOf(value: unknown): { token: string; logprob: number } {
  if (!isFields(value) || typeof value['token'] !== 'string' || typeof value['logprob'] !== 'number') {
    throw protocol('The model sent log probabilities of unknown form.');
  }
  return { token: value['token'], logprob: value['logprob'] };
}

function tokensOf(piece: Piece | undefined): number {
  return piece?.tokens ?? 1;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function protocol(message: string): TokenwireError {
  return new TokenwireError('upstream_protocol', message);
}
