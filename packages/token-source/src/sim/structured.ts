import type { Piece, SourceRequest } from '../source.js';
import { estimateInputTokens } from '../usage.js';
import { proseTokens, textPiece } from './words.js';

/**
 * The tool call's arguments, cut where a careless reader breaks: inside a string escape, a \u escape, a number,
 * a literal, a surrogate pair; once empty. Joined they are one JSON object.
 */
export const ARGUMENT_FRAGMENTS: readonly string[] = [
  '{"ci',
  'ty":"Z\\',
  'u00',
  'fcrich \\',
  '"Old Town\\',
  '"","l',
  'at":4',
  '7.37',
  '69,"da',
  'ys":[1',
  ',2,',
  '',
  '3],"cel',
  'sius":tr',
  'ue,"no',
  'te":"line\\',
  'nbreak \\ud83',
  'd\\ude',
  '00 \ud83d',
  '\ude00 </scr',
  'ipt>\\\\","emp',
  'ty":{',
  '},"none":nu',
  'll,"small":1.5e',
  '-',
  '3}',
];

/** Fewest tokens of a structured answer: two of thinking, the whole tool call and two of text. */
export const STRUCTURED_MINIMUM = ARGUMENT_FRAGMENTS.length + 4;

/**
 * Thinking, one tool call, then text; ends with `end_turn`, since text is what comes last. A fifth of the tokens
 * is thinking (at most 40), the call is always whole, text is the rest: `maxTokens` in all, but never
 * fewer than `STRUCTURED_MINIMUM`. It shows structure whatever `thinking` and `tools` ask for.
 */
export function* structuredPieces(request: SourceRequest, random: () => number): Generator<Piece> {
  const prose = proseTokens(random);
  const total = Math.max(request.maxTokens, STRUCTURED_MINIMUM);
  const thinking = Math.min(40, Math.max(2, Math.floor(total / 5)), total - ARGUMENT_FRAGMENTS.length - 2);
  for (let i = 0; i < thinking; i += 1) yield { type: 'thinking', thinking: prose(), dueMs: 0 };
  const id = `call_${Math.floor(random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0')}`;
  yield { type: 'tool_use', id, name: 'get_weather', tokens: 0, dueMs: 0 };
  for (const partialJson of ARGUMENT_FRAGMENTS) yield { type: 'tool_input', partialJson, dueMs: 0 };
  for (let left = total - thinking - ARGUMENT_FRAGMENTS.length; left > 0; left -= 1) {
    yield textPiece(left === 1 ? '.' : prose());
  }
  const usage = { inputTokens: estimateInputTokens(request), outputTokens: total };
  yield { type: 'end', stopReason: 'end_turn', usage, tokens: 0, dueMs: 0 };
}
