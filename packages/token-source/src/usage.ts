import type { SourceRequest } from './source.js';

/**
 * About how many tokens the request's messages are: a quarter of their characters, the usual rule of thumb
 * for English. For sources that have no tokenizer and providers that report no usage.
 */
export function estimateInputTokens({ messages }: Pick<SourceRequest, 'messages'>): number {
  let characters = 0;
  for (const { content } of messages) characters += content.length;
  return Math.ceil(characters / 4);
}
