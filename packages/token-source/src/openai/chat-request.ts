import type { ChatCompletionCreateParamsStreaming } from 'openai/resources/chat/completions';
import type { SourceRequest } from '../source.js';

/** OpenAI's own API and those modelled after it differ in what the token limit is called. */
export type Dialect = 'openai' | 'compatible';

/** The body of a chat completion: what was asked, and nothing that names who asked. */
export function chatRequest(
  model: string,
  request: SourceRequest,
  dialect: Dialect,
): ChatCompletionCreateParamsStreaming {
  const { messages, maxTokens, temperature, seed, tools, logprobs } = request;
  return {
    model,
    messages: messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    stream_options: { include_usage: true },
    temperature,
    seed,
    ...(dialect === 'openai' ? { max_completion_tokens: maxTokens } : { max_tokens: maxTokens }),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolParameter) }),
    ...(logprobs === undefined ? {} : { logprobs: true, top_logprobs: logprobs }),
  };
}

/** What some models refuse, and an answer can do without. */
const DISPENSABLE: ReadonlySet<unknown> = new Set(['temperature', 'seed']);

/** The body without the field that the upstream named as refused; undefined when that does not help. */
export function withoutRefused(
  body: ChatCompletionCreateParamsStreaming,
  field: unknown,
): ChatCompletionCreateParamsStreaming | undefined {
  if (!DISPENSABLE.has(field) || !Object.hasOwn(body, field as string)) return undefined;
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => name !== field),
  ) as unknown as ChatCompletionCreateParamsStreaming;
}

function toolParameter({
  name,
  description,
  inputSchema,
}: SourceRequest['tools'][number]): NonNullable<ChatCompletionCreateParamsStreaming['tools']>[number] {
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(inputSchema === undefined ? {} : { parameters: { ...inputSchema } }),
    },
  };
}
