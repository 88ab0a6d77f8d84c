import type { Passage } from './corpus.js';
import { Vocabulary } from './tokenizer.js';

/** The model looks back at most this many tokens, so it is an n-gram model of order 6. */
export const CONTEXT_TOKENS = 5;

/** What the corpus says after one context. */
export interface ContextNode {
  /** For each time the context occurred: the token that followed it … */
  readonly followers: number[];
  /** … and the passage in which that was. */
  readonly passages: number[];
  /** How many different tokens have followed. */
  distinct: number;
  /** The contexts that reach back one token further, by that token. */
  readonly longer: Map<number, ContextNode>;
}

/**
 * The trained model's memory: every context of 0 to `CONTEXT_TOKENS` tokens of the corpus, as a tree that is
 * walked backwards from the token to be predicted. The root is the empty context.
 */
export class ContextTree {
  readonly vocabulary = new Vocabulary();
  readonly root = newNode();

  /** Training: one pass that notes for every token of the corpus which contexts it followed. */
  constructor(passages: readonly Passage[]) {
    for (const [passage, { text }] of passages.entries()) {
      // END on both sides, so that the model learns how passages begin as well as when they are over.
      const tokens = [Vocabulary.END, ...this.vocabulary.learn(text), Vocabulary.END];
      for (let position = 1; position < tokens.length; position++) this.#observe(tokens, position, passage);
    }
    countDistinct(this.root);
  }

  #observe(tokens: readonly number[], position: number, passage: number): void {
    const longest = Math.min(CONTEXT_TOKENS, position);
    let node = this.root;
    for (let length = 0; ; length++) {
      node.followers.push(tokens[position]!);
      node.passages.push(passage);
      if (length === longest) return;
      node = longerBy(node, tokens[position - length - 1]!);
    }
  }

  /** The contexts at the end of `history` that the corpus knows, from one token to the longest. */
  contextsOf(history: readonly number[]): readonly ContextNode[] {
    const found: ContextNode[] = [];
    let node: ContextNode | undefined = this.root;
    for (let back = 1; back <= CONTEXT_TOKENS; back++) {
      node = node.longer.get(history[history.length - back] ?? -1);
      if (node === undefined) break;
      found.push(node);
    }
    return found;
  }
}

function newNode(): ContextNode {
  return { followers: [], passages: [], distinct: 0, longer: new Map() };
}

function longerBy(node: ContextNode, token: number): ContextNode {
  const known = node.longer.get(token);
  if (known !== undefined) return known;
  const created = newNode();
  node.longer.set(token, created);
  return created;
}

function countDistinct(node: ContextNode): void {
  node.distinct = node.followers.length === 1 ? 1 : new Set(node.followers).size;
  for (const longer of node.longer.values()) countDistinct(longer);
}
