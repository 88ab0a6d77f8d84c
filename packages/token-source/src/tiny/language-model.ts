import { ContextTree, type ContextNode } from './context-tree.js';
import type { Passage } from './corpus.js';
import type { Vocabulary } from './tokenizer.js';

/** A token that may come next. */
export interface Candidate {
  /** Its number in the vocabulary. */
  readonly token: number;
  /** Above 0, at most 1. */
  readonly probability: number;
}

/**
 * β for contexts of 1, 2, 3, 4 and 5 tokens. Long contexts of so small a corpus were seen only once: trusted fully,
 * they recite it (at β = 1, some 30 tokens at a time). Short contexts that are doubted write nonsense.
 */
const DOUBT = [0.02, 0.1, 1, 3, 6] as const;

/**
 * An interpolated n-gram model with Witten–Bell smoothing. For a context h that was seen c(h) times in the corpus
 * and followed by T(h) different tokens, and the context h′ that is one token shorter,
 *
 *     p(w | h) = (c(h) · f(w | h) + β · T(h) · p(w | h′)) / (c(h) + β · T(h))
 *
 * down to the empty context, where p(w) is the token's share of the corpus. (I. H. Witten and T. C. Bell, 1991,
 * method C; in this form in S. F. Chen and J. Goodman, 1999, section 2.)
 *
 * f(w | h) is the share of w among what followed h. Two things are added to the formula of the books, and the
 * probabilities of all tokens still sum to 1: β (see `DOUBT`), and in f every occurrence votes with the weight of
 * its passage, so that the prompt matters beyond the context. With β = 1 and equal weights it is theirs.
 */
export class LanguageModel {
  readonly vocabulary: Vocabulary;
  readonly #tree: ContextTree;
  /** p(w), by token. */
  readonly #unigram: Float64Array;
  /** All tokens, the most frequent first. */
  readonly #byFrequency: readonly number[];
  /** Working memory of `#mix`: what the contexts give each token, and the tokens that were given something. */
  readonly #given: Float64Array;
  readonly #seen: number[] = [];

  constructor(passages: readonly Passage[]) {
    this.#tree = new ContextTree(passages);
    this.vocabulary = this.#tree.vocabulary;
    const { followers } = this.#tree.root;
    this.#unigram = new Float64Array(this.vocabulary.size);
    for (const token of followers) this.#unigram[token]! += 1 / followers.length;
    this.#byFrequency = [...this.#unigram.keys()].sort((a, b) => this.#unigram[b]! - this.#unigram[a]!);
    this.#given = new Float64Array(this.vocabulary.size);
  }

  /**
   * The `count` most likely tokens after `history`, most likely first, with their exact probabilities.
   * `attention` holds one positive weight per passage.
   *
   * Looks only at tokens that have followed a known context, and then at the others by falling frequency until one
   * is too unlikely: they get nothing but their unigram share, so all that come after it are as well.
   */
  predict(history: readonly number[], attention: Float64Array, count: number): Candidate[] {
    const rest = this.#mix(history, attention);
    const best: Candidate[] = [];
    for (const token of this.#seen) {
      insert(best, count, token, this.#given[token]! + rest * this.#unigram[token]!);
    }
    for (const token of this.#byFrequency) {
      if (this.#given[token]! > 0) continue;
      if (!insert(best, count, token, rest * this.#unigram[token]!)) break;
    }
    this.#forget();
    return best;
  }

  /** The whole distribution: p(w | history) for every token of the vocabulary. It sums to 1. */
  distribution(history: readonly number[], attention: Float64Array): Float64Array {
    const rest = this.#mix(history, attention);
    const all = this.#unigram.map((share, token) => this.#given[token]! + rest * share);
    this.#forget();
    return all;
  }

  /**
   * Walks the formula from the longest context to the shortest: each takes its part of the probability that the
   * longer ones have left, and gives it to what followed it. Returns what is left for the unigrams.
   */
  #mix(history: readonly number[], attention: Float64Array): number {
    let left = 1;
    const contexts = this.#tree.contextsOf(history);
    for (let i = contexts.length - 1; i >= 0; i--) {
      const node = contexts[i]!;
      const count = node.followers.length;
      const taken = (left * count) / (count + DOUBT[i]! * node.distinct);
      this.#give(node, attention, taken);
      left -= taken;
    }
    return left;
  }

  /** Shares `taken` among the followers of one context, each by the weight of its passage: taken · f(w | h). */
  #give({ followers, passages }: ContextNode, attention: Float64Array, taken: number): void {
    let total = 0;
    for (const passage of passages) total += attention[passage]!;
    for (let i = 0; i < followers.length; i++) {
      const token = followers[i]!;
      if (this.#given[token] === 0) this.#seen.push(token);
      this.#given[token]! += (taken * attention[passages[i]!]!) / total;
    }
  }

  /** Every token that has followed `token` in the corpus, once for each time. */
  followersOf(token: number): readonly number[] {
    return this.#tree.contextsOf([token])[0]?.followers ?? [];
  }

  /**
   * Where the model has `token` from: the passages in which it followed the longest context that ever led to it.
   * Empty if it has never followed any of them.
   */
  sourcesOf(history: readonly number[], token: number): readonly number[] {
    for (const { followers, passages } of this.#tree.contextsOf(history).toReversed()) {
      const sources = passages.filter((_, i) => followers[i] === token);
      if (sources.length > 0) return sources;
    }
    return [];
  }

  #forget(): void {
    for (const token of this.#seen) this.#given[token] = 0;
    this.#seen.length = 0;
  }
}

/** Keeps `best` the list of the `count` most likely candidates, in order. Says whether this is one of them. */
function insert(best: Candidate[], count: number, token: number, probability: number): boolean {
  if (best.length === count) {
    if (count === 0 || probability <= best[count - 1]!.probability) return false;
    best.pop();
  }
  let place = best.length;
  while (place > 0 && best[place - 1]!.probability < probability) place--;
  best.splice(place, 0, { token, probability });
  return true;
}
