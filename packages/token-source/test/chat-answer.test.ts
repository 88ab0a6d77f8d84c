import { describe, expect, test } from 'vitest';
import { ChatAnswer } from '../src/openai/chat-answer.js';
import { retryAfter } from '../src/openai/errors.js';
import type { Piece } from '../src/source.js';

function read(...chunks: unknown[]): { pieces: Piece[]; answer: ChatAnswer } {
  const answer = new ChatAnswer(3);
  const pieces: Piece[] = [];
  for (const chunk of chunks) answer.read(typeof chunk === 'string' ? chunk : JSON.stringify(chunk), pieces);
  return { pieces, answer };
}

const delta = (fields: object, reason: string | null = null) => ({
  choices: [{ index: 0, delta: fields, finish_reason: reason }],
});
const call = (index: number | undefined, id?: string, name?: string, args?: string) =>
  delta({ tool_calls: [{ index, id, function: { name, arguments: args } }] });
const brief = (pieces: readonly Piece[]) =>
  pieces.map((piece) =>
    piece.type === 'tool_use'
      ? `+${piece.id} ${piece.name}`
      : piece.type === 'tool_input'
        ? piece.partialJson
        : piece.type,
  );

describe('ChatAnswer', () => {
  test('text, reasoning under both names, and nothing for what is empty', () => {
    const { pieces } = read(
      delta({ role: 'assistant', content: '' }),
      delta({ reasoning_content: 'hm' }),
      delta({ reasoning: 'so', content: null }),
      delta({ reasoning: { unknown: true } }),
      delta({ content: 'a' }),
      { choices: [] },
      { choices: [null] },
      { object: 'ping' },
      { choices: [{ index: 1, delta: { content: 'another choice' } }] },
      delta({ content: '\ud83d' }),
      delta({ content: '\ude00\u0000' }),
    );
    expect(pieces).toEqual([
      { type: 'thinking', thinking: 'hm' },
      { type: 'thinking', thinking: 'so' },
      { type: 'text', text: 'a' },
      { type: 'text', text: '\ud83d' },
      { type: 'text', text: '\ude00\u0000' },
    ]);
  });

  test.each([
    ['stop', 'end_turn'],
    ['length', 'max_tokens'],
    ['tool_calls', 'tool_use'],
    ['function_call', 'tool_use'],
    ['content_filter', 'refusal'],
  ])('%s becomes %s', (reason, stopReason) => {
    const { answer } = read(delta({ content: 'a' }, reason));
    expect(answer.end()).toMatchObject({ stopReason, usage: { inputTokens: 3, outputTokens: 1 } });
  });

  test('an unknown reason is an error, never a complete answer', () => {
    expect(() => read(delta({}, 'system_overloaded'))).toThrow(expect.objectContaining({ code: 'upstream_protocol' }));
  });

  test('a refusal is text, and its stop reason is refusal', () => {
    const { pieces, answer } = read(delta({ refusal: 'No.' }), delta({}, 'stop'));
    expect(pieces).toEqual([{ type: 'text', text: 'No.' }]);
    expect(answer.end()).toMatchObject({ stopReason: 'refusal' });
  });

  test('after the reason for stopping only usage counts', () => {
    const { pieces, answer } = read(delta({ content: 'a' }, 'stop'), delta({ content: 'late' }, 'length'), {
      choices: [],
      usage: { prompt_tokens: 20, completion_tokens: 30 },
    });
    expect(pieces).toHaveLength(1);
    expect(answer.end()).toMatchObject({ stopReason: 'end_turn', usage: { inputTokens: 20, outputTokens: 30 } });
  });

  test('log probabilities', () => {
    const token = {
      token: 'a',
      logprob: -0.5,
      top_logprobs: [
        { token: 'a', logprob: -0.5 },
        { token: 'b', logprob: -1 },
      ],
    };
    const { pieces } = read({
      choices: [{ index: 0, delta: { content: 'aa' }, logprobs: { content: [token, token] } }],
    });
    const expected = {
      token: 'a',
      logprob: -0.5,
      top: [
        { token: 'a', logprob: -0.5 },
        { token: 'b', logprob: -1 },
      ],
    };
    expect(pieces).toEqual([{ type: 'text', text: 'aa', tokens: 2, logprobs: [expected, expected] }]);
  });

  test('tool calls one after the other stream at once', () => {
    const { pieces, answer } = read(
      call(0, 'c1', 'first', ''),
      call(0, undefined, undefined, '{"a":'),
      call(0, undefined, undefined, '1}'),
      call(1, 'c2', 'second', '{'),
      call(1, undefined, undefined, '}'),
    );
    expect(brief(pieces)).toEqual(['+c1 first', '{"a":', '1}', '+c2 second', '{', '}']);
    const rest: Piece[] = [];
    answer.read(JSON.stringify(delta({}, 'stop')), rest);
    expect(answer.end()).toMatchObject({ stopReason: 'tool_use' });
  });

  test('interleaved tool calls are put in order', () => {
    const { pieces } = read(
      call(0, 'c1', 'first', '{"a"'),
      call(1, 'c2', 'second', '{"b"'),
      call(0, undefined, undefined, ':1}'),
      call(1, undefined, undefined, ':2}'),
      delta({}, 'tool_calls'),
    );
    expect(brief(pieces)).toEqual(['+c1 first', '{"a"', ':1}', '+c2 second', '{"b"', ':2}']);
  });

  test('calls without arguments, without index, without id', () => {
    const none = read(call(0, 'c1', 'first'), call(1, 'c2', 'second'), delta({}, 'tool_calls'));
    expect(brief(none.pieces)).toEqual(['+c1 first', '+c2 second']);
    const bare = read(
      call(undefined, 'c1', 'first', '{}'),
      call(undefined, 'c2', 'second', '{'),
      call(undefined, undefined, undefined, '}'),
    );
    expect(brief(bare.pieces)).toEqual(['+c1 first', '{}', '+c2 second', '{', '}']);
    expect(brief(read(call(0, undefined, 'first', '{}')).pieces)).toEqual(['+call_0 first', '{}']);
  });

  test.each([
    ['not JSON', ['{"choices":']],
    ['not an object', ['[]']],
    ['content of another type', [delta({ content: 7 })]],
    ['a nameless call', [call(0, 'c1', undefined, '{}'), delta({}, 'tool_calls')]],
    [
      'a call that goes on after text',
      [call(0, 'c1', 'f', '{'), delta({ content: 'x' }), call(0, undefined, undefined, '}')],
    ],
    [
      'too many calls',
      [delta({ tool_calls: Array.from({ length: 129 }, (_, index) => ({ index, function: { name: 'f' } })) })],
    ],
    ['endless arguments', [call(0, 'c1', 'f', 'x'.repeat(1_048_577))]],
  ])('%s is upstream_protocol', (_name, chunks) => {
    expect(() => read(...chunks)).toThrow(expect.objectContaining({ code: 'upstream_protocol' }));
  });

  test('errors in the stream', () => {
    expect(() => read({ error: { message: 'secret', type: 'server_error' } })).toThrow(
      expect.objectContaining({ code: 'upstream_error' }),
    );
    expect(() => read({ error: { code: 'rate_limit_exceeded' } })).toThrow(
      expect.objectContaining({ code: 'upstream_rate_limited' }),
    );
    expect(() => read({ error: 'secret' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('secret') }),
    );
  });
});

test.each([
  [{ 'retry-after': '7' }, 7_000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': '-5' }, 0],
  [{ 'retry-after': '1e9' }, 3_600_000],
  [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT', date: 'Wed, 21 Oct 2015 07:27:30 GMT' }, 30_000],
  [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT', date: 'Thu, 22 Oct 2015 07:28:00 GMT' }, 0],
  [{ 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  [{}, undefined],
])('Retry-After %j is %s ms', (headers, ms) => {
  expect(retryAfter(new Headers(headers as Record<string, string>))).toBe(ms);
});
