import { describe, expect, test } from 'vitest';
import { createSources, type Sources } from '../src/sources.js';
import { sourcesConfigFromEnv } from '../src/sources-config.js';
import { startOpenAiUpstream } from '../src/testing/index.js';
import { collect, request } from './helpers.js';

const KEY = 'sk-secret-key';

function refusal(sources: Sources, model: string): { code: string; message: string } {
  try {
    sources.resolve(model);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error(`${model} was accepted.`);
}

describe('createSources', () => {
  test('always has the embedded models and the recordings of the package', () => {
    const list = createSources().list();
    expect(list.slice(0, 6)).toEqual(['tiny', 'sim', 'sim/ugly', 'sim/structured', 'sim/error', 'sim/stall']);
    for (const model of list) expect(createSources().resolve(model)).toBeTypeOf('function');
  });

  test('upstreams only when configured; an allow-list limits them', () => {
    expect(refusal(createSources(), 'openai/gpt-4o').code).toBe('unknown_model');
    const open = createSources({ openai: { apiKey: KEY }, compatible: { baseUrl: 'http://127.0.0.1:1/v1' } });
    expect(open.list()).toEqual(expect.arrayContaining(['openai/*', 'compatible/*']));
    expect(open.resolve('openai/gpt-4o')).toBeTypeOf('function');
    expect(open.resolve('compatible/org/model:7b-q4.K_M')).toBeTypeOf('function');
    const limited = createSources({ openai: { apiKey: KEY, models: ['gpt-4o'] } });
    expect(limited.list()).toContain('openai/gpt-4o');
    expect(refusal(limited, 'openai/gpt-5').code).toBe('unknown_model');
  });

  test.each([
    '',
    ' ',
    'tiny ',
    'TINY',
    'tiny/x',
    'sim/',
    'sim/other',
    'sim/../tiny',
    'replay/',
    'replay/../../package',
    'replay/hello.jsonl',
    'replay/Hello',
    'replay/%2e%2e',
    'replay/hello\0',
    'openai/',
    'openai/../admin',
    'openai/a b',
    'openai/a\nb',
    'openai/<script>',
    'openai/é',
    'openai/*x',
    `openai/${'x'.repeat(121)}`,
    'compatible/x?y=1',
    'compatible/a#b',
    '__proto__',
    'constructor',
    'anthropic/claude',
    'x'.repeat(100_000),
  ])('refuses %j without repeating it', (model) => {
    const sources = createSources({ openai: { apiKey: KEY }, compatible: { baseUrl: 'http://127.0.0.1:1' } });
    const { code, message } = refusal(sources, model);
    expect(code).toBe('unknown_model');
    expect(message.length).toBeLessThanOrEqual(200);
    expect(message).toContain('tiny, sim');
    if (model.includes('<') || model.length > 1_000) expect(message).not.toContain(model.slice(0, 20));
  });

  test('the message stays within 200 characters however much is configured', () => {
    const models = Array.from({ length: 50 }, (_, i) => `model-number-${i}`);
    expect(refusal(createSources({ openai: { apiKey: KEY, models } }), 'none').message).toHaveLength(200);
  });

  test.each([
    'ftp://example.com',
    'nonsense',
    'http://user:pass@example.com',
    'http://example.com/?key=1',
    'http://example.com/#x',
  ])('refuses the base URL %s at boot, without repeating it', (baseUrl) => {
    expect(() => createSources({ compatible: { baseUrl } })).toThrow(/^compatible\.baseUrl must be/);
  });

  test('refuses model names at boot that no request could name', () => {
    expect(() => createSources({ openai: { apiKey: KEY, models: ['good', 'b a d'] } })).toThrow('openai.models');
  });

  test('tiny answers', async () => {
    const { pieces, text, error } = await collect(
      createSources().resolve('tiny'),
      request({ model: 'tiny', maxTokens: 20, cadence: 'instant' }),
    );
    expect(error).toBeUndefined();
    expect(text.length).toBeGreaterThan(10);
    expect(pieces.at(-1)?.type).toBe('end');
  });
});

test('limits of all upstreams hold for each, unless it has its own', async () => {
  const upstream = await startOpenAiUpstream({ status: 500 });
  const limits = { maxRetries: 0, retryDelayMs: 0 };
  const ask = async (own: object): Promise<number> => {
    const sources = createSources({ compatible: { baseUrl: upstream.url, ...own }, limits });
    const before = upstream.requests.length;
    await collect(sources.resolve('compatible/x'), request({ model: 'compatible/x' }));
    sources.close();
    return upstream.requests.length - before;
  };
  expect(await ask({})).toBe(1);
  expect(await ask({ limits: { maxRetries: 1 } })).toBe(2);
  await upstream.close();
});

describe('sourcesConfigFromEnv', () => {
  test('nothing set, or set to nothing: no upstream', () => {
    expect(sourcesConfigFromEnv({})).toEqual({});
    expect(
      sourcesConfigFromEnv({ OPENAI_API_KEY: '', TOKENWIRE_COMPATIBLE_URL: '', TOKENWIRE_COMPATIBLE_KEY: 'k' }),
    ).toEqual({});
  });

  test('everything set', () => {
    const env = {
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: 'https://gateway.example/v1',
      OPENAI_MODELS: ' gpt-4o, gpt-5 ,,',
      TOKENWIRE_COMPATIBLE_URL: 'http://127.0.0.1:8080/v1',
      TOKENWIRE_COMPATIBLE_KEY: 'other',
      TOKENWIRE_RECORDINGS_DIR: 'recordings',
    };
    expect(sourcesConfigFromEnv(env)).toEqual({
      openai: { apiKey: KEY, baseUrl: 'https://gateway.example/v1', models: ['gpt-4o', 'gpt-5'] },
      compatible: { baseUrl: 'http://127.0.0.1:8080/v1', apiKey: 'other' },
      recordingsDir: 'recordings',
    });
  });
});
