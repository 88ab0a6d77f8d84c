import type { TokenLogprob } from '@tokenwire/protocol';

/** How `tiny` calls the end of its answer among the tokens. */
export const END_OF_TEXT = '<|endoftext|>';

/** What is known of how a model draws a token out of its distribution. */
export interface Sampler {
  /** It draws from so many tokens, the most likely ones. */
  readonly topK: number;
  /** An answer has at least one token, so the end cannot be the first. */
  readonly neverEndsFirst: boolean;
}

/** How `tiny` draws, see `sample.ts` and `tiny.ts` of `@tokenwire/token-source`. */
const TINY: Sampler = { topK: 40, neverEndsFirst: true };

/** Undefined for models of which nobody here knows how they draw. */
export function samplerOf(model: string): Sampler | undefined {
  return model === 'tiny' ? TINY : undefined;
}

/** A token that could have come. */
export interface Candidate {
  readonly token: string;
  /** The model's own probability, before temperature. */
  readonly probability: number;
  /** Its share after temperature, of all that are known: they sum to 1. 0 for what cannot be drawn. */
  readonly share: number;
  readonly chosen: boolean;
}

/** One place of an answer, as far as the page knows it. */
export interface Distribution {
  /** The most likely first; the chosen one last, where it is not among the most likely. */
  readonly candidates: readonly Candidate[];
  readonly chosen: Candidate;
  /** Position of the chosen one from 1; undefined where it is not among the most likely that are known. */
  readonly rank: number | undefined;
  /** What the model gave to all tokens that the page does not know. */
  readonly unknown: number;
  /** −log₂ of the chosen one's probability. */
  readonly surpriseBits: number;
  /** Where the chosen one lies on the line from 0 to 1 that is drawn on, of all that are known. */
  readonly segment: readonly [from: number, to: number];
  /** The least that the chosen one's true share can be, since the sampler knows candidates that the page does not. */
  readonly leastShare: number | undefined;
}

/**
 * What temperature makes of the tokens that are known at one place: shares proportional to p^(1/t), as the sampler does it.
 * @param index of the token in the answer, from 0.
 * @param temperature 0 (the most likely one has everything) to 2.
 */
export function distributionOf(
  { token, logprob, top }: TokenLogprob,
  index: number,
  temperature: number,
  sampler: Sampler | undefined,
): Distribution {
  const at = top.findIndex((entry) => entry.token === token);
  const known = at >= 0 ? top : [...top, { token, logprob }];
  const place = at >= 0 ? at : top.length;
  const barred = sampler?.neverEndsFirst && index === 0 ? END_OF_TEXT : undefined;
  const drawable = known.map((entry) => (entry.token === barred ? 0 : Math.exp(entry.logprob)));
  const weights = weightsOf(drawable, temperature);
  const sum = total(weights);
  const candidates = known.map((entry, position) => ({
    token: entry.token,
    probability: Math.exp(entry.logprob),
    share: weights[position]! / sum,
    chosen: position === place,
  }));
  const unknown = Math.max(0, 1 - total(candidates.map(({ probability }) => probability)));
  const from = total(candidates.slice(0, place).map(({ share }) => share));
  const chosen = candidates[place]!;
  const hidden = {
    count: Math.max(0, (sampler?.topK ?? 0) - known.length),
    mass: unknown,
    each: Math.min(1, ...top.map((entry) => Math.exp(entry.logprob))),
  };
  const hiddenWeight = mostWeight(hidden, (p) => weightOf(p, Math.max(...drawable), temperature));
  return {
    candidates,
    chosen,
    rank: at >= 0 ? at + 1 : undefined,
    unknown,
    surpriseBits: -logprob / Math.LN2,
    segment: [from, Math.min(1, from + chosen.share)],
    leastShare: sampler && weights[place]! / (sum + hiddenWeight),
  };
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** Relative to the most likely one, as the sampler does it, so that small numbers do not vanish all together. */
function weightsOf(probabilities: readonly number[], temperature: number): number[] {
  const best = Math.max(...probabilities);
  const first = probabilities.indexOf(best);
  return probabilities.map((probability, index) =>
    temperature === 0 ? Number(index === first) : weightOf(probability, best, temperature),
  );
}

function weightOf(probability: number, best: number, temperature: number): number {
  return temperature === 0 ? 0 : (probability / best) ** (1 / temperature);
}

/** Tokens that the sampler knows and the page does not. */
interface Hidden {
  readonly count: number;
  /** The most that all of them have together, and that each of them has. */
  readonly mass: number;
  readonly each: number;
}

/**
 * The most that hidden tokens can weigh. Up to temperature 1 the weight is convex in p, so as many as possible are as
 * likely as possible; above it is concave, so all are equal.
 */
function mostWeight({ count, mass, each }: Hidden, weight: (probability: number) => number): number {
  if (count === 0 || mass <= 0 || each <= 0) return 0;
  const full = Math.min(count, Math.floor(mass / each));
  const rest = full < count ? Math.min(each, mass - full * each) : 0;
  return Math.max(full * weight(each) + weight(rest), count * weight(Math.min(each, mass / count)));
}

/** How likely a token was, in five steps: 0 is nearly certain, 4 a surprise. */
export function levelOf(probability: number): number {
  const level = LEVELS.findIndex(({ from }) => probability >= from);
  return level < 0 ? LEVELS.length - 1 : level;
}

/** The steps of `levelOf`, for a legend. */
export const LEVELS: readonly { readonly from: number; readonly title: string }[] = [
  { from: 0.8, title: '80 % and more' },
  { from: 0.5, title: '50 to 80 %' },
  { from: 0.2, title: '20 to 50 %' },
  { from: 0.05, title: '5 to 20 %' },
  { from: 0, title: 'below 5 %' },
];
