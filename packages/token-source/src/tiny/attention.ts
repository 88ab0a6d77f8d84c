import type { Passage } from './corpus.js';

/** How much of each message counts, in characters from its end. Bounds the work; what comes last matters most. */
const MESSAGE_TAIL = 2_000;

/** The passage that shares most with the prompt weighs e⁸ ≈ 3 000 times as much as one that shares nothing. */
const SHARPNESS = 8;

/** Found in a passage's text, a word counts half of what it counts in the prompt that the passage answers. */
const TEXT_SHARE = 0.5;
const PAIR_SHARE = 0.25;

const WORD = /<unknown>|[\p{L}\p{N}\p{M}\p{So}]+/gu;
const UNKNOWN_WORD = '<unknown>';

type Messages = readonly { readonly content: string }[];

/**
 * Where to look: how much each passage of the corpus matters for a conversation.
 *
 * A large model computes attention from learned vectors, anew for every token. This one does it once per answer
 * and by words: it adds up the conversation's words that a passage has, each with the square of its inverse document
 * frequency ln(N / n), so that rare words count most (K. Spärck Jones, 1972; squared, because it weighs the word in the
 * question as well as in the passage), and puts the sums through an exponential, as the softmax of attention does.
 */
export class Attention {
  readonly #passages: number;
  /** For each word: which passages have it, and how much that counts. */
  readonly #index = new Map<string, Map<number, number>>();

  constructor(passages: readonly Passage[]) {
    this.#passages = passages.length;
    for (const [passage, { prompt, text }] of passages.entries()) {
      for (const word of wordsOf(text)) this.#add(word, passage, TEXT_SHARE);
      for (const pair of pairsOf(prompt)) this.#add(pair, passage, PAIR_SHARE);
      for (const word of wordsOf(prompt)) this.#add(word, passage, 1);
    }
  }

  #add(word: string, passage: number, share: number): void {
    const found = this.#index.get(word) ?? new Map<number, number>();
    this.#index.set(word, found.set(passage, share));
  }

  /** The weight of each passage, from 1 (shares no word) to e⁸ (shares most). All 1 when there are no words. */
  weigh(messages: Messages): Float64Array {
    const shares = new Float64Array(this.#passages);
    for (const [word, importance] of this.#importantWords(messages)) {
      const found = this.#index.get(word) ?? new Map<number, number>();
      const weight = importance * Math.log(this.#passages / found.size) ** 2;
      for (const [passage, share] of found) shares[passage]! += share * weight;
    }
    // Relative to the best passage, so that long prompts, of which no passage has many words, are answered as well.
    const most = Math.max(...shares, Number.MIN_VALUE);
    return shares.map((share) => Math.exp((SHARPNESS * share) / most));
  }

  /** The conversation's words: those of the last message count fully, those of the one before half, and so on. */
  #importantWords(messages: Messages): ReadonlyMap<string, number> {
    const words = new Map<string, number>();
    for (const [index, { content }] of messages.entries()) {
      const importance = 0.5 ** (messages.length - 1 - index);
      const tail = content.slice(-MESSAGE_TAIL);
      for (const word of wordsOf(tail)) words.set(this.#index.has(word) ? word : UNKNOWN_WORD, importance);
      for (const pair of pairsOf(tail)) if (this.#index.has(pair)) words.set(pair, importance);
    }
    return words;
  }
}

/** Neighbouring words, rare even where the words are not: they tell `How are you?` from `How does it work?`. */
function pairsOf(text: string): readonly string[] {
  const words = wordsOf(text);
  return words.slice(1).map((word, i) => `${words[i]!} ${word}`);
}

/** Lower case, without a plural s: enough for `Tokens` to find `token`. */
function wordsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(WORD) ?? [];
  return words.map((word) => word.replace(/(?<=\w{3})s$/, ''));
}
