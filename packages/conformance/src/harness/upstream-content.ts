import { HOSTILE_CONTENT, MEGABYTE_CONTENT } from './hostile.js';

/** What the upstream's model `hostile` says, one delta each. Without empty ones, which are no content. */
export const HOSTILE_DELTAS: readonly string[] = [...HOSTILE_CONTENT, ...MEGABYTE_CONTENT].filter(
  (text) => text !== '',
);

/** Characters of two, three and four bytes, and separators, to be cut inside. */
export const CUT_DELTAS: readonly string[] = [
  'Grüße ',
  '日本語 ',
  '😀👩\u200d👧 ',
  '\u2028\u2029\u0085',
  '\ufeff',
  '\0',
  'é.',
];
