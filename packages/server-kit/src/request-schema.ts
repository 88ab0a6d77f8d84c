import { CADENCE_PRESETS, TokenwireError } from '@tokenwire/protocol';
import type { StartRequest } from '@tokenwire/generation-log';
import { z } from 'zod';

import { pathName } from './json-text.js';

const MAX_PROMPT_CHARACTERS = 100_000;
const MAX_MESSAGES = 256;
const MAX_TOKENS = 100_000;

/** A lone surrogate has no UTF-8 form: passing it on would alter it silently, so it is refused. */
const wellFormed = (text: string): boolean => !/\p{Cs}/u.test(text);
const text = (max: number) => z.string().max(max).refine(wellFormed, 'must not contain lone surrogates');

const cadence = z.union([
  z.enum(CADENCE_PRESETS),
  z.strictObject({
    ttftMs: z.number().min(0).max(60_000).optional(),
    tokensPerSecond: z.number().min(0.01).max(1_000_000).optional(),
    jitter: z.number().min(0).max(1).optional(),
    burst: z.int().min(1).max(1_000).optional(),
  }),
]);

const schema = z
  .strictObject({
    model: z.string().min(1).max(200).default('tiny'),
    prompt: text(MAX_PROMPT_CHARACTERS).min(1).optional(),
    messages: z
      .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: text(MAX_PROMPT_CHARACTERS) }))
      .min(1)
      .max(MAX_MESSAGES)
      .optional(),
    maxTokens: z.int().min(1).max(MAX_TOKENS).default(256),
    temperature: z.number().min(0).max(2).default(0.8),
    seed: z.int().min(0).max(0xffff_ffff).optional(),
    tools: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[\w-]{1,64}$/),
          description: text(MAX_PROMPT_CHARACTERS).optional(),
          inputSchema: z.record(z.string(), z.unknown()).optional(),
        }),
      )
      .max(128)
      .default([]),
    thinking: z.boolean().default(false),
    logprobs: z.int().min(0).max(20).optional(),
    cadence: cadence.optional(),
    onDisconnect: z
      .union([z.enum(['continue', 'cancel']), z.strictObject({ graceMs: z.int().min(0).max(600_000) })])
      .default({ graceMs: 30_000 }),
  })
  .refine((request) => (request.prompt === undefined) !== (request.messages === undefined), {
    message: 'give exactly one of prompt and messages',
  })
  .refine((request) => characters(request.messages ?? []) <= MAX_PROMPT_CHARACTERS, {
    path: ['messages'],
    message: `must have at most ${MAX_PROMPT_CHARACTERS} characters together`,
  });

function characters(messages: readonly { readonly content: string }[]): number {
  return messages.reduce((total, message) => total + message.content.length, 0);
}

/**
 * Checks a start request and fills in its defaults.
 * @param value parsed JSON of any shape.
 * @throws {TokenwireError} `unknown_field` or `invalid_request`, naming the path of the first problem.
 */
export function parseRequest(value: unknown): StartRequest {
  const result = schema.safeParse(value);
  if (!result.success) throw toError(result.error.issues);
  const { prompt, messages, ...rest } = result.data;
  // zod leaves absent fields absent, which its types do not say.
  return { ...rest, messages: messages ?? [{ role: 'user', content: prompt ?? '' }] } as StartRequest;
}

const ticketSchema = z.strictObject({ generation: z.string().max(200).optional() });

/**
 * Checks the body of `POST /tickets`.
 * @throws {TokenwireError} `unknown_field` or `invalid_request`.
 */
export function parseTicketRequest(value: unknown): { readonly generation?: string | undefined } {
  const result = ticketSchema.safeParse(value);
  if (result.success) return result.data;
  throw toError(result.error.issues);
}

function toError(issues: readonly z.core.$ZodIssue[]): TokenwireError {
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown) {
    const places = unknown.keys.slice(0, 5).map((key) => pathName([...unknown.path, key]));
    return new TokenwireError('unknown_field', `Unknown field: ${places.join(', ')}.`);
  }
  const issue = issues[0];
  return new TokenwireError('invalid_request', `${pathName(issue?.path ?? [])}: ${issue?.message ?? 'not accepted'}.`);
}
