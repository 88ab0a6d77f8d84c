import TOKENS from 'gpt-tokenizer/bpeRanks/r50k_base';
import { encode } from 'gpt-tokenizer/encoding/r50k_base';

/** Byte pair encoding costs the square of a run's length, so one long run could stall the process for minutes. */
const LONG_RUN = /\S{64,}|\s{64,}/gu;
const RUN_PIECE = /[^]{1,32}/gu;

/** `<|endoftext|>` in a prompt is text like any other: it must neither throw nor become a control token. */
const PLAIN_TEXT = { disallowedSpecial: new Set<string>() };

/** Stands for a token that the vocabulary does not have. */
export const UNKNOWN = -1;

/**
 * The tokens of `text` as numbers of GPT-2's vocabulary (`r50k_base`, 50 257 tokens).
 * Runs of 64 and more characters without a change between space and non-space are cut every 32 characters first,
 * so there the count may be slightly above GPT-2's own; in return the time grows only linearly.
 */
export function encodeText(text: string): number[] {
  const ids: number[] = [];
  let from = 0;
  for (const { 0: run, index } of text.matchAll(LONG_RUN)) {
    append(ids, text.slice(from, index));
    for (const [piece] of run.matchAll(RUN_PIECE)) append(ids, piece);
    from = index + run.length;
  }
  append(ids, text.slice(from));
  return ids;
}

// Not push(...tokens): 100 000 arguments overflow the stack.
function append(ids: number[], text: string): void {
  for (const id of encode(text, PLAIN_TEXT)) ids.push(id);
}

/**
 * The tokens of `text` as the text that each of them stands for, to show people how a prompt is cut.
 * A character may need several tokens: the first ones are then `''` and the last one is the whole character.
 *
 * Not with the library's `decode`: it keeps the bytes of an unfinished character for whoever calls it next.
 */
export function tokenizePrompt(text: string): readonly string[] {
  const utf8 = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  return encodeText(text).map((id) => {
    const token = TOKENS[id]!;
    return decoder.decode(typeof token === 'string' ? utf8.encode(token) : Uint8Array.from(token), { stream: true });
  });
}

/**
 * The tokens that occur in the corpus, numbered densely from 0, so that arrays can be indexed by them.
 * Number 0 is `END`, the invisible token around every passage.
 */
export class Vocabulary {
  static readonly END = 0;
  readonly #texts: string[] = [''];
  readonly #indexes = new Map<number, number>();

  get size(): number {
    return this.#texts.length;
  }

  /** What the token says; `''` for `END`. Always whole characters, because `learn` refuses anything else. */
  textOf(token: number): string {
    return this.#texts[token] ?? '';
  }

  /** The tokens of `text`, `UNKNOWN` where the vocabulary has none. */
  tokensOf(text: string): number[] {
    return encodeText(text).map((id) => this.#indexes.get(id) ?? UNKNOWN);
  }

  /**
   * The tokens of `text`, of which new ones are added.
   * @throws {RangeError} if a token is only a part of a character: a model that can say half a character
   *   would have to hold it back, and the corpus is plain enough to do without.
   */
  learn(text: string): number[] {
    return encodeText(text).map((id) => this.#indexes.get(id) ?? this.#add(id));
  }

  #add(id: number): number {
    const text = TOKENS[id];
    if (typeof text !== 'string') throw new RangeError(`Token ${id} is part of a character: simplify the corpus.`);
    this.#indexes.set(id, this.#texts.length);
    return this.#texts.push(text) - 1;
  }
}
