import type { TokenLogprob } from '@tokenwire/protocol';
import { seededRandom } from '../random.js';
import type { Piece, SourceRequest } from '../source.js';
import { Attention } from './attention.js';
import { readCorpus } from './corpus.js';
import { LanguageModel, type Candidate } from './language-model.js';
import { sample } from './sample.js';
import { encodeText, Vocabulary } from './tokenizer.js';

/** Only the 40 most likely tokens are drawn from: the many unlikely ones together would spoil every sentence. */
export const TOP_K = 40;

/** Each token makes the passages that it comes from a little less interesting, or the answer would circle in them. */
const FATIGUE = 0.92;
/** … but never uninteresting, or a very long answer would run out of weights. */
const LEAST_INTEREST = 0.01;

/** How much of the last message is looked at for its last tokens, in characters. */
const PROMPT_TAIL = 200;

/** What can follow the last word of a sentence; the empty text is END's. */
const END_MARKS: ReadonlySet<string> = new Set(['.', '?', '!', '']);
/** So many times must the corpus have a token before its silence about ends counts. */
const OFTEN = 20;

const { END } = Vocabulary;

/** A trained model, and what tells it where to look. */
export interface Tiny {
  readonly model: LanguageModel;
  readonly attention: Attention;
}

let trained: Tiny | undefined;

/** The trained model. Reads and trains on the first call, in about 0.2 s; afterwards all answers share it. */
export function loadTiny(): Tiny {
  if (trained === undefined) {
    const passages = readCorpus();
    trained = { model: new LanguageModel(passages), attention: new Attention(passages) };
  }
  return trained;
}

/**
 * Answers a request: one text piece per token, as fast as they are asked for, and then an `end` piece.
 * The same request, with the same seed, gives the same pieces.
 *
 * `logprobs` are the model's own, before temperature and top-k, and cost nothing when they are not asked for; the
 * alternatives are at most `TOP_K`, and `<|endoftext|>` among them is the chance that the answer ends here.
 * An answer ends by itself (`end_turn`) or after `maxTokens` (`max_tokens`). Prompts of any length and script are
 * answered; reading 100 000 characters takes some 10 ms. Tools and `thinking` are beyond this model and ignored.
 */
export function* tinyPieces(request: SourceRequest): Generator<Piece> {
  const { messages, maxTokens, temperature, logprobs } = request;
  const { model, attention } = loadTiny();
  const random = seededRandom(request.seed);
  const passageWeights = attention.weigh(messages);
  const history = openingHistory(model, messages);
  let outputTokens = 0;
  let ended = false;
  while (outputTokens < maxTokens) {
    const candidates = model.predict(history, passageWeights, TOP_K);
    // An answer has at least one token, so END cannot be the first.
    const allowed = outputTokens === 0 ? candidates.filter(({ token }) => token !== END) : candidates;
    const chosen = sample(allowed, temperature, random);
    ended = chosen.token === END;
    if (ended) break;
    for (const passage of model.sourcesOf(history, chosen.token)) {
      passageWeights[passage] = Math.max(passageWeights[passage]! * FATIGUE, LEAST_INTEREST);
    }
    history.push(chosen.token);
    outputTokens++;
    yield textPiece(model.vocabulary, chosen, candidates, logprobs);
  }
  const inputTokens = messages.reduce((sum, { content }) => sum + encodeText(content).length, 0);
  const usage = { inputTokens, outputTokens };
  yield { type: 'end', tokens: 0, stopReason: ended ? 'end_turn' : 'max_tokens', usage };
}

/**
 * What the model sees before its first token. After a finished prompt this is END: a new passage begins, and only
 * attention remembers the prompt. An unfinished sentence, and an assistant's message, are continued.
 */
function openingHistory(model: LanguageModel, messages: SourceRequest['messages']): number[] {
  const last = messages.at(-1);
  const tail = model.vocabulary.tokensOf(last?.content.slice(-PROMPT_TAIL).trimEnd() ?? '');
  return last?.role === 'assistant' || isUnfinished(model, tail) ? [END, ...tail] : [END];
}

/** A sentence is unfinished after a token like `the`: the corpus has it often, and never before an end. */
function isUnfinished(model: LanguageModel, history: readonly number[]): boolean {
  const followers = model.followersOf(history.at(-1) ?? END);
  const ends = followers.filter((token) => END_MARKS.has(model.vocabulary.textOf(token)));
  return followers.length >= OFTEN && ends.length === 0;
}

function textPiece(
  vocabulary: Vocabulary,
  chosen: Candidate,
  candidates: readonly Candidate[],
  logprobs: number | undefined,
): Piece {
  const text = vocabulary.textOf(chosen.token);
  if (logprobs === undefined) return { type: 'text', text, tokens: 1 };
  const top = candidates.slice(0, logprobs).map((candidate) => logprobOf(vocabulary, candidate));
  return { type: 'text', text, tokens: 1, logprobs: [{ ...logprobOf(vocabulary, chosen), top }] };
}

function logprobOf(vocabulary: Vocabulary, { token, probability }: Candidate): Omit<TokenLogprob, 'top'> {
  const text = token === END ? '<|endoftext|>' : vocabulary.textOf(token);
  // Rounding may add up to a little more than 1.
  return { token: text, logprob: Math.min(0, Math.log(probability)) };
}
