import type { Subject } from '../../web/src/share/subject.js';

/** What people write, and what they write to break things. */
export const PROMPTS: readonly string[] = [
  'Tell me about lighthouses',
  `It's "quoted", 'twice', and \`ticked\` $(echo no) $HOME \${x} !! !1 \\ \\' %s %d ~ * ? [a] {b} # & | ; < >`,
  "'",
  "''; touch /nowhere/at-all; echo '",
  'two\nlines\r\nand\ttabs\n',
  '@/etc/hostname',
  '-X DELETE --data',
  'é 漢字 🏮 \u202eevil\u2066 \u009b31m \u007f \u2028 \ufeff nul \0 bell \u0007 esc \u001b[2J',
  '</script><!-- ${"x"} */ // `',
];

export const ASKED = {
  model: 'tiny',
  maxTokens: 40,
  seed: 7,
  temperature: 0.8,
  logprobs: 2,
  cadence: 'instant',
} as const;

export const subjectFor = (url: string, mode: Subject['mode'], prompt = 'Tell me about lighthouses'): Subject => ({
  mode,
  url,
  from: { request: { ...ASKED, prompt } },
});
