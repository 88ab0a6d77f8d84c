/** Lines of Markdown that begin, continue or end blocks, and some that only look like it. */
const LINES = [
  ...[
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    '',
    ' ',
    '\t',
    'word',
    'word',
    'word',
    'word',
    'two  ',
    '  in',
    '    code',
    '\tcode',
    '      far in',
    '\\',
    '|a|',
  ],
  ...[
    '- a',
    '* b',
    '+ c',
    '-',
    '1. d',
    '2) e',
    '10. f',
    '  - g',
    '   - h',
    '    - i',
    ' 1. j',
    '-not',
    '1.not',
    '- - k',
  ],
  ...['```', '```', '``` js', '````', '~~~', '~~~ ~', '  ```', '   ~~~', '    ```', '- ```', '> ```', '``` a`b', '``'],
  ...['> q', '>', '> - r', '>> s', '# h', '---', '===', '***', '* * *', '_ _ _', '#', '**b', 'c**', '`d', 'e`'],
  ...['<!-- x', '-->', '<!-->', '  <!-- y -->', '- <!-- z', '<script>', '</script>', ' <pre', '</PRE>', '<?php', '?>'],
  ...[
    '<!DOCTYPE x',
    '<!x>',
    '>',
    '<![CDATA[',
    ']]>',
    '<div>',
    '</div>',
    '<b>',
    'a <script>',
    '<textarea >',
    '\ufeffbom',
  ],
  ...['\u2028', '\u00a0', '\0', '\f', '&nbsp;'],
];
const ENDS = ['\n', '\n', '\n', '\r\n', '\r'];

/** Numbers in [0, 1) that are the same for the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    // Constants of a common linear congruential generator modulo 2³².
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A document of up to 16 such lines. */
export function documentOf(seed: number): string {
  const next = chance(seed);
  // The first numbers of neighbouring seeds resemble each other.
  for (let i = 0; i < 8; i += 1) next();
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(next() * list.length)];
  const end = pick(ENDS) ?? '';
  return Array.from({ length: 1 + Math.floor(next() * 16) }, () => `${pick(LINES)}${end}`).join('');
}
