import type { EventBody, StreamEvent } from '@tokenwire/protocol';

export const ID = 'gen_abcdefghijklmnopqrstuv';

/** Numbers bodies from 1. */
export function log(...bodies: EventBody[]): StreamEvent[] {
  return bodies.map((body, i): StreamEvent => Object.assign({ seq: i + 1 }, body));
}

export const text = (text: string, index = 0): EventBody => ({
  type: 'content_block_delta',
  index,
  delta: { type: 'text_delta', text },
});

export const START: EventBody = { type: 'message_start', id: ID, model: 'sim' };
export const STOP: EventBody = { type: 'message_stop' };

/** Text that breaks careless framing; the last emoji is split over two events. */
export const HOSTILE = [
  'a\nb\r\nc\rd',
  '\u2028\u2029\u0085',
  '\uFEFFbom',
  'nul\0',
  'data: x\n\nevent: done\n\n: c\n',
  '',
  ' ',
  '👩‍👩‍👧',
  '[DONE]',
  '\ud83d',
  '\ude00',
];

/** A whole answer of hostile text. */
export const ANSWER = log(
  START,
  { type: 'content_block_start', index: 0, block: { type: 'text' } },
  ...HOSTILE.map((piece) => text(piece)),
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: HOSTILE.length } },
  STOP,
);

/** Three tokens, for tests about something else. */
export const SHORT = log(START, text('one '), text('two '), text('three'), STOP);
