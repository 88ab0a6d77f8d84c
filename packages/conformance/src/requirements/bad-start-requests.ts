import type { ServerErrorCode } from '@tokenwire/protocol';

/** A start request that is refused: what is sent, and the one answer to it. */
export interface BadStart {
  /** Completes the requirement's id. */
  readonly id: string;
  /** Completes the sentence "A start request with … is refused". */
  readonly name: string;
  /** The body as it is sent; objects as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: ServerErrorCode;
  /** The path that the message names, so that people find their mistake. */
  readonly names?: string;
}

type Row = readonly [id: string, name: string, body: unknown, names?: string];

const HELLO = { prompt: 'Hello' };
const USER = { role: 'user', content: 'Hello' };
const conversation = (length: number): readonly object[] => Array.from({ length }, () => USER);

/** What is no JSON, or not in UTF-8. */
const NOT_JSON: readonly Row[] = [
  ['empty-body', 'an empty body', ''],
  ['truncated-json', 'truncated JSON', '{"prompt":"Hel'],
  ['trailing-garbage', 'something after the JSON', '{"prompt":"Hello"} x'],
  ['comment', 'a comment in the JSON', '{"prompt":"Hello"/* no */}'],
  ['single-quotes', 'quotes that JSON does not know', "{'prompt':'Hello'}"],
  ['number-over-the-range-of-json', 'an infinite number', '{"prompt":"Hello","temperature":Infinity}'],
  ['invalid-utf8', 'invalid UTF-8', Buffer.from('7b2270726f6d7074223a22ff227d', 'hex')],
];

/** JSON that is no request. */
const WRONG_SHAPE: readonly Row[] = [
  ['array', 'an array at the top', []],
  ['number', 'a number at the top', '5'],
  ['null', 'null at the top', 'null'],
  ['string', 'a string at the top', '"Hello"'],
  ['empty-object', 'neither prompt nor messages', {}],
  ['prompt-and-messages', 'both prompt and messages', { ...HELLO, messages: [USER] }],
  [
    'nested-brackets',
    '100 000 nested brackets',
    `{"prompt":"Hello","tools":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  ],
  ['unclosed-brackets', '100 000 brackets that never close', '['.repeat(100_000)],
  ['depth-1000', 'nesting 1 000 deep', `{"prompt":"Hello","tools":${'[{"a":'.repeat(500)}0${'}]'.repeat(500)}}`],
  ['duplicate-key', 'a key given twice', '{"prompt":"Hello","prompt":"Bye"}', 'prompt'],
  [
    'nested-duplicate-key',
    'a key given twice inside',
    '{"messages":[{"role":"user","content":"a","content":"b"}]}',
    'messages[0].content',
  ],
  ['no-messages', 'no messages', { messages: [] }, 'messages'],
  ['messages-257', '257 messages', { messages: conversation(257) }, 'messages'],
  ['messages-1001', '1 001 messages', { messages: conversation(1_001) }, 'messages'],
  ['messages-not-a-list', 'messages that are no list', { messages: 'Hello' }, 'messages'],
  ['message-not-an-object', 'a message that is no object', { messages: ['Hello'] }, 'messages[0]'],
  ['role-unknown', 'an unknown role', { messages: [USER, { ...USER, role: 'tool' }] }, 'messages[1].role'],
  ['content-not-text', 'content that is no text', { messages: [{ ...USER, content: 5 }] }, 'messages[0].content'],
  ['content-missing', 'a message without content', { messages: [{ role: 'user' }] }, 'messages[0].content'],
  ['prompt-not-text', 'a prompt that is no text', { prompt: 5 }, 'prompt'],
  ['prompt-null', 'a prompt of null', { prompt: null }, 'prompt'],
  ['prompt-empty', 'an empty prompt', { prompt: '' }, 'prompt'],
  ['prompt-too-long', 'a prompt of 100 001 characters', { prompt: 'x'.repeat(100_001) }, 'prompt'],
  ['lone-surrogate', 'half a surrogate pair, which has no UTF-8 form', '{"prompt":"\\ud800"}', 'prompt'],
  ['max-tokens-negative', 'maxTokens of -1', { ...HELLO, maxTokens: -1 }, 'maxTokens'],
  ['max-tokens-zero', 'maxTokens of 0', { ...HELLO, maxTokens: 0 }, 'maxTokens'],
  ['max-tokens-fraction', 'maxTokens of 1.5', { ...HELLO, maxTokens: 1.5 }, 'maxTokens'],
  ['max-tokens-huge', 'maxTokens of 1e9', '{"prompt":"Hello","maxTokens":1e9}', 'maxTokens'],
  ['max-tokens-text', 'maxTokens in quotes', { ...HELLO, maxTokens: '5' }, 'maxTokens'],
  ['temperature-3', 'a temperature of 3', { ...HELLO, temperature: 3 }, 'temperature'],
  ['temperature-negative', 'a temperature below 0', { ...HELLO, temperature: -0.1 }, 'temperature'],
  ['temperature-1e400', 'a temperature of 1e400', '{"prompt":"Hello","temperature":1e400}', 'temperature'],
  ['seed-negative', 'a negative seed', { ...HELLO, seed: -1 }, 'seed'],
  ['seed-too-large', 'a seed of 2³²', { ...HELLO, seed: 2 ** 32 }, 'seed'],
  ['cadence-unknown', 'an unknown cadence', { ...HELLO, cadence: 'breakneck' }, 'cadence'],
  ['cadence-backwards', 'a cadence that runs backwards', { ...HELLO, cadence: { tokensPerSecond: -5 } }, 'cadence'],
  ['policy-unknown', 'an unknown policy for disconnects', { ...HELLO, onDisconnect: 'never' }, 'onDisconnect'],
  ['grace-negative', 'a negative grace period', { ...HELLO, onDisconnect: { graceMs: -1 } }, 'onDisconnect'],
  ['thinking-text', 'thinking that is no boolean', { ...HELLO, thinking: 'yes' }, 'thinking'],
  ['tools-not-a-list', 'tools that are no list', { ...HELLO, tools: {} }, 'tools'],
  ['model-not-text', 'a model that is no text', { ...HELLO, model: 5 }, 'model'],
];

/** Fields that do not exist, and must never be passed on to anybody. */
const UNKNOWN_FIELDS: readonly Row[] = [
  ['unknown-field', 'an unknown field', { ...HELLO, promt: 'Hello' }, 'promt'],
  ['unknown-field-inside', 'an unknown field in a message', { messages: [{ ...USER, name: 'x' }] }, 'messages[0].name'],
  ['markup-field', 'an unknown field that is markup', { ...HELLO, '<script>alert(1)</script>': 1 }],
  ['long-field', 'an unknown field of 10 000 characters', { ...HELLO, ['x'.repeat(10_000)]: 1 }],
  ['proto-key', 'a __proto__ key', '{"prompt":"Hello","__proto__":{"model":"sim"}}', '__proto__'],
  ['constructor-key', 'a constructor key', '{"prompt":"Hello","constructor":{"prototype":{}}}', 'constructor'],
  ['base-url', 'a baseURL', { ...HELLO, baseURL: 'http://127.0.0.1:9/' }, 'baseURL'],
  ['api-key', 'an apiKey', { ...HELLO, apiKey: 'sk-test' }, 'apiKey'],
  ['headers', 'headers', { ...HELLO, headers: { authorization: 'Bearer x' } }, 'headers'],
];

const UNKNOWN_MODELS: readonly Row[] = [
  ['unknown-model', 'an unknown model', { ...HELLO, model: 'gpt-0' }],
  ['model-that-is-not-configured', 'a provider that is not configured', { ...HELLO, model: 'anthropic/claude' }],
  ['model-with-a-path', 'a model that climbs directories', { ...HELLO, model: 'replay/../../package' }],
  ['model-with-an-escaped-path', 'a model that climbs directories, escaped', { ...HELLO, model: 'replay/%2e%2e/x' }],
  ['model-that-is-a-property', 'a model named like a property of objects', { ...HELLO, model: '__proto__' }],
  ['model-that-is-a-url', 'a model that is a URL', { ...HELLO, model: 'compatible/../../../x' }],
];

/** The body is fine; its headers are not. */
const WRONG_TYPE: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['wrong-charset', 'another charset than UTF-8', { 'content-type': 'application/json; charset=iso-8859-1' }],
  ['wrong-content-type', 'another content type than JSON', { 'content-type': 'text/plain' }],
  ['form', 'the content type of a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['no-content-type', 'no content type', { 'content-type': '' }],
  ['content-encoding', 'a compressed body', { 'content-encoding': 'gzip' }],
];

const refused = (rows: readonly Row[], code: ServerErrorCode, status = 400): readonly BadStart[] =>
  rows.map(([id, name, body, names]) => ({ id, name, body, status, code, ...(names === undefined ? {} : { names }) }));

/** The table "Start request" of the bad inputs, entry by entry. */
export const BAD_STARTS: readonly BadStart[] = [
  ...refused(NOT_JSON, 'invalid_json'),
  ...refused(WRONG_SHAPE, 'invalid_request'),
  ...refused(UNKNOWN_FIELDS, 'unknown_field'),
  ...refused(UNKNOWN_MODELS, 'unknown_model'),
  ...WRONG_TYPE.map(([id, name, headers]) => ({
    id,
    name,
    headers,
    body: HELLO,
    status: 415,
    code: 'unsupported_media_type' as const,
  })),
];

/** Keys that no Idempotency-Key header may have. */
export const BAD_KEYS: readonly (readonly [id: string, name: string, key: string])[] = [
  ['empty', 'an empty Idempotency-Key', ''],
  ['10-kilobytes', 'an Idempotency-Key of 10 KB', 'k'.repeat(10_240)],
  ['256-characters', 'an Idempotency-Key of 256 characters', 'k'.repeat(256)],
  ['tab', 'a tab in its Idempotency-Key', 'a\tb'],
  ['control-character', 'a control character in its Idempotency-Key', 'a\u0001b'],
  ['delete-character', 'a DEL in its Idempotency-Key', 'a\u007fb'],
];
