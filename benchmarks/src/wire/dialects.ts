import { textOf, type StreamEvent } from '@tokenwire/protocol';

/**
 * How a server says its tokens: the text of one message of the answer, `''` for a message of the answer without text
 * (its start, its end), null for one that is none of the answer's.
 */
export type Dialect = (message: string) => string | null;

const parse = (message: string): Record<string, unknown> | null => {
  try {
    return JSON.parse(message) as Record<string, unknown> | null;
  } catch {
    return null;
  }
};

/** Our events. */
const tokenwire: Dialect = (message) => {
  const event = parse(message);
  return typeof event?.['seq'] === 'number' ? textOf(event as unknown as StreamEvent) : null;
};

/** `chat.completion.chunk` of OpenAI-compatible servers, and their `[DONE]`. */
const openai: Dialect = (message) => {
  if (message === '[DONE]') return '';
  const chunk = parse(message) as { choices?: { delta?: { content?: string } }[] } | null;
  return chunk?.choices ? (chunk.choices[0]?.delta?.content ?? '') : null;
};

/** The message is the text. */
const bare: Dialect = (message) => message;

/**
 * For servers whose messages nobody here can read: all of them are envelope, until the length of the text, which is
 * known, is taken out of it.
 */
export const UNTOLD: Dialect = () => '';

/** By name, as `options.dialect` of a target says it. */
export const DIALECTS: Readonly<Record<string, Dialect>> = { tokenwire, openai, bare, untold: UNTOLD };
