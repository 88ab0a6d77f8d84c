import type { TokenLogprob } from '@tokenwire/protocol';
import { describe, expect, it } from 'vitest';
import type { Piece, SourceRequest } from '../src/source.js';
import { readCorpus } from '../src/tiny/corpus.js';
import { loadTiny, tinyPieces, TOP_K } from '../src/tiny/tiny.js';
import { encodeText, Vocabulary } from '../src/tiny/tokenizer.js';

const { END } = Vocabulary;
const corpus = readCorpus();

type Options = Partial<SourceRequest>;

function ask(prompt: string, options: Options = {}): Piece[] {
  return [
    ...tinyPieces({
      model: 'tiny',
      messages: [{ role: 'user', content: prompt }],
      maxTokens: 120,
      temperature: 0.8,
      seed: 1,
      tools: [],
      thinking: false,
      ...options,
    }),
  ];
}

function textsOf(pieces: readonly Piece[]): string[] {
  return pieces.flatMap((piece) => (piece.type === 'text' ? [piece.text] : []));
}

const answer = (prompt: string, options: Options = {}): string => textsOf(ask(prompt, options)).join('');
const seeds = (count: number): number[] => Array.from({ length: count }, (_, seed) => seed);

describe('an answer', () => {
  it('is one text piece per token and then an end with the usage', () => {
    const pieces = ask('Tell me about the rain', { maxTokens: 30 });
    const end = pieces.pop();
    expect(pieces.length).toBeGreaterThan(0);
    for (const piece of pieces) expect(piece).toEqual({ type: 'text', text: expect.stringMatching(/[^]/), tokens: 1 });
    expect(end).toMatchObject({ type: 'end', tokens: 0, usage: { inputTokens: 5, outputTokens: pieces.length } });
  });

  it('counts the tokens of all messages', () => {
    const contents = ['Be brief.', 'Hello', 'Hello there', 'What is a token?'];
    const roles = ['system', 'user', 'assistant', 'user'] as const;
    const messages = contents.map((content, i) => ({ role: roles[i]!, content }));
    const inputTokens = contents.reduce((sum, content) => sum + encodeText(content).length, 0);
    expect(ask('', { messages }).at(-1)).toMatchObject({ usage: { inputTokens } });
  });

  it.each([1, 2, 17])('has at most %d tokens when asked, and says that it was cut', (maxTokens) => {
    const pieces = ask('Tell me a story about a ship', { maxTokens });
    expect(textsOf(pieces)).toHaveLength(maxTokens);
    expect(pieces.at(-1)).toMatchObject({ stopReason: 'max_tokens', usage: { outputTokens: maxTokens } });
  });

  it('often ends by itself, after a sentence', () => {
    const ended = seeds(40)
      .map((seed) => ask('Tell me about the postman', { seed, maxTokens: 1000 }))
      .filter((pieces) => pieces.at(-1)?.type === 'end' && textsOf(pieces).length < 1000);
    expect(ended.length).toBeGreaterThan(30);
    for (const pieces of ended) {
      expect(pieces.at(-1)).toMatchObject({ stopReason: 'end_turn' });
    }
    const finished = ended.filter((pieces) => /[.?,]$/.test(textsOf(pieces).join('')));
    expect(finished.length / ended.length).toBeGreaterThan(0.9);
  });

  it('is never empty', () => {
    // After the last words of a passage its end is the most likely token by far.
    const messages = [{ role: 'assistant' as const, content: corpus[0]!.text }];
    for (const seed of seeds(20)) {
      const [first] = ask('', { messages, seed, maxTokens: 1, logprobs: 1 });
      expect(first).toMatchObject({
        text: expect.stringMatching(/[^]/),
        logprobs: [{ top: [{ token: '<|endoftext|>' }] }],
      });
    }
  });

  it('stays well-behaved for as long as one likes', () => {
    const [first] = ask('the', { maxTokens: 20_000, temperature: 0 }).slice(-1);
    expect(first).toMatchObject({ type: 'end' });
    const pieces = tinyPieces({ ...baseOf('Hello'), maxTokens: 3, logprobs: 1 });
    pieces.next();
    expect(pieces.return(undefined)).toEqual({ done: true, value: undefined });
  });
});

function baseOf(content: string): SourceRequest {
  return {
    model: 'tiny',
    messages: [{ role: 'user', content }],
    maxTokens: 50,
    temperature: 0.8,
    seed: 0,
    tools: [],
    thinking: false,
  };
}

describe('the seed', () => {
  it('repeats an answer piece for piece, even when another answer is made in between', () => {
    const request = { ...baseOf('What is streaming?'), seed: 4_294_967_295, logprobs: 3 };
    const one = tinyPieces(request);
    const other = tinyPieces({ ...request, seed: 5 });
    const interleaved: Piece[] = [];
    for (const piece of one) {
      other.next();
      interleaved.push(piece);
    }
    expect(interleaved).toEqual([...tinyPieces(request)]);
  });

  it('gives different answers when it differs', () => {
    const answers = new Set(seeds(20).map((seed) => answer('Tell me a story about the sea', { seed })));
    expect(answers.size).toBeGreaterThanOrEqual(18);
  });

  it('does not matter at temperature 0, which takes the most likely token each time', () => {
    const greedy = ask('What is a token?', { temperature: 0, seed: 1, logprobs: 1 });
    expect(ask('What is a token?', { temperature: 0, seed: 2, logprobs: 1 })).toEqual(greedy);
    const reported = greedy.flatMap((piece) => (piece.type === 'text' ? (piece.logprobs ?? []) : []));
    expect(reported.length).toBeGreaterThan(10);
    for (const { token, logprob, top } of reported) expect(top).toEqual([{ token, logprob }]);
  });
});

describe('log probabilities', () => {
  const pieces = ask('Tell me about the garden', { logprobs: 20, temperature: 1.5, maxTokens: 200 });
  const reported = pieces.flatMap((piece): TokenLogprob[] =>
    piece.type === 'text' ? [...(piece.logprobs ?? [])] : [],
  );

  it('come with every token, and only when asked for', () => {
    expect(reported.map(({ token }) => token)).toEqual(textsOf(pieces));
    const silent = ask('Tell me about the garden', { temperature: 1.5, maxTokens: 200 });
    expect(textsOf(silent)).toEqual(textsOf(pieces));
    expect(silent.some((piece) => 'logprobs' in piece)).toBe(false);
  });

  it('are those of the model’s distribution', () => {
    const { model, attention } = loadTiny();
    const weights = attention.weigh([{ content: 'Tell me about the garden' }]);
    const distribution = model.distribution([END], weights);
    const [first] = reported;
    const [token] = model.vocabulary.tokensOf(first!.token);
    expect(Math.exp(first!.logprob)).toBeCloseTo(distribution[token!]!, 12);
    const best = [...distribution].sort((a, b) => b - a).slice(0, 20);
    expect(first!.top.map(({ logprob }) => Math.exp(logprob))).toEqual(best.map((p) => expect.closeTo(p, 12)));
  });

  it('list alternatives in order, without repetition, and never more probability than there is', () => {
    for (const { token, logprob, top } of reported) {
      expect(top).toHaveLength(20);
      expect(top.map((entry) => entry.logprob)).toEqual(top.map((entry) => entry.logprob).toSorted((a, b) => b - a));
      expect(new Set(top.map((entry) => entry.token)).size).toBe(20);
      expect(top.reduce((sum, entry) => sum + Math.exp(entry.logprob), 0)).toBeLessThanOrEqual(1 + 1e-9);
      expect(top[0]!.logprob).toBeLessThanOrEqual(0);
      const same = top.find((entry) => entry.token === token);
      expect(logprob).toBeLessThanOrEqual(same?.logprob ?? top[19]!.logprob);
    }
  });

  it('may be asked for without alternatives', () => {
    const [piece] = ask('Hello', { logprobs: 0 });
    expect(piece).toMatchObject({ logprobs: [{ top: [] }] });
  });

  it('show that only the most likely tokens are drawn, however high the temperature', () => {
    const { model, attention } = loadTiny();
    const weights = attention.weigh([{ content: '…' }]);
    const allowed = new Set(model.predict([END], weights, TOP_K).map(({ token }) => model.vocabulary.textOf(token)));
    const drawn = new Set(seeds(2000).map((seed) => answer('…', { seed, maxTokens: 1, temperature: 2 })));
    expect([...drawn].filter((text) => !allowed.has(text))).toEqual([]);
    expect(drawn.size).toBeGreaterThan(TOP_K / 2);
  });
});

describe('the prompt', () => {
  it('decides what the answer is about', () => {
    const mentions = (prompt: string, word: RegExp): number =>
      seeds(20).filter((seed) => word.test(answer(prompt, { seed }))).length;
    expect(mentions('How do I make soup?', /soup|onion/)).toBeGreaterThanOrEqual(18);
    expect(mentions('What is a WebSocket?', /soup|onion/)).toBeLessThan(5);
    expect(mentions('What is a WebSocket?', /WebSocket|connection|server/)).toBeGreaterThanOrEqual(18);
    expect(mentions('Tell me a story about a lighthouse', /keeper|lamp|sea|ship/)).toBeGreaterThanOrEqual(18);
  });

  it('is continued when it breaks off in the middle of a sentence, and answered otherwise', () => {
    for (const seed of seeds(10)) {
      expect(answer('The lighthouse keeper climbed the', { seed })).toMatch(/^ /);
      for (const prompt of [
        'What is streaming?',
        'What is streaming',
        'hello',
        'Thank you!',
        'Qu’est-ce que c’est ?',
      ]) {
        expect(answer(prompt, { seed, temperature: 0.5 }), prompt).toMatch(/^[A-Z]/);
      }
    }
  });

  it('is continued when its last message is the assistant’s own', () => {
    const messages = [
      { role: 'user' as const, content: 'How do I make soup?' },
      { role: 'assistant' as const, content: 'Take an onion, two' },
    ];
    expect(answer('', { messages, temperature: 0 })).toMatch(/^ carrots and a large spoon of butter/);
  });

  it('in words that the model does not know gets the answer that it does not know them', () => {
    const honest = seeds(20).filter((seed) =>
      /not (sure|know)|only read|never seen|nobody has told|would have/.test(answer('你好吗', { seed })),
    );
    expect(honest.length).toBeGreaterThanOrEqual(18);
  });

  it.each([
    ['nothing', ''],
    ['spaces', '   \n\t '],
    ['NUL', '\0\0\0'],
    ['a lone surrogate', 'a \uD83D b'],
    ['only lone surrogates', '\uDC00\uD800'],
    ['the replacement character', '\uFFFD'],
    ['right-to-left', 'ما هو البث؟ \u202E שלום'],
    ['emoji sequences', '👩‍👩‍👧‍👦🏳️‍🌈👍🏽'],
    ['combining marks', 'Z̷̡̛a̴͝l̸g̵o̷'],
    ['a control token', '<|endoftext|><|im_start|>'],
    ['markup of the corpus', '> What is <unknown>?\n> '],
    ['names of object members', '__proto__ constructor hasOwnProperty'],
    ['100 000 letters', 'a'.repeat(100_000)],
    ['100 000 lone surrogates', '\uD800'.repeat(100_000)],
    ['100 000 characters of emoji', '👍🏽'.repeat(25_000)],
    ['100 000 characters of prose', 'The keeper of the lamp, he said. '.repeat(3030)],
    ['100 000 different words', Array.from({ length: 20_000 }, (_, i) => i.toString(36)).join(' ')],
  ])('is answered when it is %s', (_, prompt) => {
    const started = performance.now();
    const pieces = ask(prompt, { logprobs: 2 });
    expect(performance.now() - started).toBeLessThan(2_000);
    const text = textsOf(pieces).join('');
    expect(text).not.toBe('');
    expect(text).not.toContain('\uFFFD');
    expect(() => encodeURIComponent(text)).not.toThrow();
    expect(pieces.at(-1)).toMatchObject({ type: 'end', usage: { inputTokens: encodeText(prompt).length } });
  });
});

describe('the style', () => {
  /** The lengths, in tokens, of the pieces of an answer that stand in one passage word for word. */
  function quotations(texts: readonly string[]): number[] {
    const lengths: number[] = [];
    for (let from = 0; from < texts.length; from += lengths.at(-1)!) {
      let length = 1;
      const quoted = (): boolean => {
        const next = texts.slice(from, from + length + 1).join('');
        return from + length < texts.length && corpus.some(({ text }) => text.includes(next));
      };
      while (quoted()) length++;
      lengths.push(length);
    }
    return lengths;
  }

  it('is a mixture: neither one passage recited nor single words thrown together', () => {
    const prompts = ['What is streaming?', 'Tell me a story about the sea', 'Tell me about the rain', 'Who are you?'];
    const lengths = prompts.flatMap((prompt) =>
      seeds(8).flatMap((seed) => quotations(textsOf(ask(prompt, { seed, maxTokens: 200 })))),
    );
    const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
    expect(mean).toBeGreaterThan(6);
    expect(mean).toBeLessThan(30);
  });
});
