import { TokenwireError } from '@tokenwire/protocol';
import { DEFAULT_CADENCE, timetable } from './cadence.js';
import { paced } from './paced.js';
import { seededRandom } from './random.js';
import { HOSTILE_TOKENS, megabyteTokens } from './sim/hostile.js';
import { structuredPieces } from './sim/structured.js';
import { uglyTokens } from './sim/ugly.js';
import { proseTokens, textPiece } from './sim/words.js';
import type { Piece, SourceContext, SourceRequest, TokenSource } from './source.js';
import { estimateInputTokens } from './usage.js';

/** The simulated models. `docs/models.md` says what each is for. */
export const SIM_MODELS = [
  'sim',
  'sim/ugly',
  'sim/structured',
  'sim/error',
  'sim/stall',
  'sim/hostile',
  'sim/megabyte',
] as const;
export type SimModel = (typeof SIM_MODELS)[number];

/**
 * What `model` says, without timing: a pure function of the request's seed, `maxTokens` and (for usage) messages.
 *
 * `sim` and `sim/ugly` have exactly `maxTokens` tokens and end with `end_turn`: they said what they had to say.
 * `sim/error` and `sim/stall` have the first half of `sim`'s and no end. `sim/hostile` and `sim/megabyte` say the same
 * whatever the seed, and no more than they know.
 *
 * @throws {TokenwireError} `upstream_error` from `sim/error`, after its half.
 */
export function* simPieces(model: SimModel, request: SourceRequest): Generator<Piece> {
  const random = seededRandom(request.seed);
  if (model === 'sim/structured') return yield* structuredPieces(request, random);
  if (model === 'sim/hostile') return yield* recitation(HOSTILE_TOKENS, request);
  if (model === 'sim/megabyte') return yield* recitation(megabyteTokens(), request);
  const half = model === 'sim/error' || model === 'sim/stall';
  const count = half ? Math.floor(request.maxTokens / 2) : request.maxTokens;
  if (model === 'sim/ugly') {
    for (const token of uglyTokens(count, random)) yield textPiece(token);
  } else {
    const prose = proseTokens(random);
    for (let i = 0; i < count; i += 1) yield textPiece(i === request.maxTokens - 1 && i > 0 ? '.' : prose());
  }
  if (model === 'sim/error') throw new TokenwireError('upstream_error', 'The simulated model failed half-way.');
  if (half) return;
  const usage = { inputTokens: estimateInputTokens(request), outputTokens: count };
  yield { type: 'end', stopReason: 'end_turn', usage, tokens: 0, dueMs: 0 };
}

/** A text of fixed length; `maxTokens` can only shorten it. */
function* recitation(tokens: readonly string[], request: SourceRequest): Generator<Piece> {
  const said = tokens.slice(0, request.maxTokens);
  for (const token of said) yield textPiece(token);
  const usage = { inputTokens: estimateInputTokens(request), outputTokens: said.length };
  const stopReason = said.length < tokens.length ? 'max_tokens' : 'end_turn';
  yield { type: 'end', stopReason, usage, tokens: 0, dueMs: 0 };
}

/** A simulated model at the request's cadence, default `typical`. */
export function simSource(model: SimModel): TokenSource {
  return (request, context) => {
    const times = timetable(request.cadence ?? DEFAULT_CADENCE, request.seed);
    const batches = paced(simPieces(model, request), times, context);
    return model === 'sim/stall' ? thenSilent(batches, context) : batches;
  };
}

/** Passes `batches` on and then waits for the abort: no end, and nothing left open but the reader itself. */
async function* thenSilent(
  batches: AsyncIterable<readonly Piece[]>,
  { signal }: SourceContext,
): AsyncGenerator<readonly Piece[]> {
  yield* batches;
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
