import type { Mode } from '@tokenwire/protocol';

/** One change of a built file. */
export interface Edit {
  /** From the repository's root. */
  readonly file: string;
  /** What stands there, exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A bug that somebody could make, and the requirements that must find it. */
export interface Bug {
  /** In kebab case. */
  readonly id: string;
  /** What the broken thing does: completes "a server that …", "a client that …". */
  readonly title: string;
  /** What is broken: a transport's server, the log behind it, the source of tokens, or a client. */
  readonly kind: 'server' | 'log' | 'source' | 'client';
  /** The mode that it is looked for in; most bugs show in several. */
  readonly mode: Mode;
  readonly edits: readonly Edit[];
  /** The requirements that fail with it, every one of them. */
  readonly caughtBy: readonly [string, ...string[]];
  /** Whether it shows only by something that never comes: then the requirement's time limit finds it. */
  readonly hangs?: true;
}

/** Edits of one file. */
export function edit(file: string, find: string, replace: string): Edit {
  return { file, find, replace };
}
