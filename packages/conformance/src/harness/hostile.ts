import { QUICK } from './answers.js';

/**
 * What `sim/hostile` must say, token by token. Written down here a second time on purpose: a kit that asked the server
 * what the right answer is would believe it.
 */
export const HOSTILE_CONTENT: readonly string[] = [
  '[DONE]',
  'data: x\n\nevent: done',
  '\r',
  '\n',
  '\r\n',
  '',
  ' ',
  '   three leading spaces',
  '\t',
  '\0',
  '\ufeff',
  '\u2028',
  '\u2029',
  '\u0085',
  '\ud800',
  ' \udfff',
  '\ud83d',
  '\ude00',
  '\ud83d\udc69',
  '\u200d',
  '\ud83d\udcbb',
  '\u202e',
  'override',
  '\u202c',
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '[link](javascript:alert(1))',
  '\u001b[2J\u001b[31mred\u001b[0m',
  '__proto__',
  '{"type":"ping"}',
  '{"events":[],"done":true}',
  '{"seq":9,"type":"message_stop"}',
];

/** What `sim/megabyte` must say. */
export const MEGABYTE_CONTENT: readonly string[] = [
  'before ',
  Array.from({ length: 125_000 }, (_, index) => String(index).padStart(8, '.')).join(''),
  ' after',
];

/** The hostile answer, in several portions. */
export const HOSTILE = {
  ...QUICK,
  model: 'sim/hostile',
  maxTokens: 256,
  cadence: { ttftMs: 0, tokensPerSecond: 2_000, jitter: 0, burst: 6 },
} as const;

/** The long answer. */
export const MEGABYTE = { ...HOSTILE, model: 'sim/megabyte' } as const;
