import { edit, type Bug } from './bug.js';

const SOURCE = 'packages/token-source/dist';

/** Bugs in what speaks to the model's provider. */
export const SOURCE_BUGS: readonly Bug[] = [
  {
    id: 'truncated-is-complete',
    title: 'takes an answer that stops without an end for a whole one',
    kind: 'source',
    mode: 'sse',
    edits: [
      edit(
        `${SOURCE}/openai.js`,
        `throw new TokenwireError('upstream_truncated', "The model's answer ended before it was complete.");`,
        '',
      ),
    ],
    caughtBy: ['upstream-truncating'],
  },
  {
    id: 'error-chunk-ignored',
    title: 'overlooks an error in the middle of a stream',
    kind: 'source',
    mode: 'sse',
    edits: [edit(`${SOURCE}/openai/chat-answer.js`, "if (chunk['error'])", 'if (false)')],
    caughtBy: ['upstream-breaks-off'],
  },
  {
    id: 'abort-not-passed-on',
    title: 'leaves the connection to the provider open when it is told to stop',
    kind: 'source',
    mode: 'sse',
    edits: [edit(`${SOURCE}/openai.js`, "signal.addEventListener('abort', call.cancel);", '')],
    caughtBy: ['stop-closes-the-upstream'],
    hangs: true,
  },
  {
    id: 'provider-words-passed-on',
    title: 'shows the provider’s own error text to everybody',
    kind: 'source',
    mode: 'sse',
    edits: [
      edit(
        `${SOURCE}/openai/upstream-call.js`,
        'constructor({ status, headers, code, param, cause })',
        'constructor({ status, headers, code, param, cause, message })',
      ),
      edit(
        `${SOURCE}/openai/upstream-call.js`,
        'statusError(status, headers, code);',
        'statusError(status, headers, code); this.reason.message += message;',
      ),
    ],
    caughtBy: ['upstream-failing-before-the-first-event'],
  },
  {
    id: 'provider-retry-after-lost',
    title: 'does not pass the provider’s Retry-After on',
    kind: 'source',
    mode: 'sse',
    edits: [edit(`${SOURCE}/openai/errors.js`, '...(retryAfterMs === undefined ? {} : { retryAfterMs })', '...{}')],
    caughtBy: ['upstream-rate-limited-before-the-first-event'],
  },
  {
    id: 'empty-events-of-noise',
    title: 'makes an empty event of a chunk that says nothing',
    kind: 'source',
    mode: 'sse',
    edits: [
      edit(
        `${SOURCE}/openai/chat-answer.js`,
        'return held || out.length > before;',
        "if (out.length === before && !this.finished) out.push({ type: 'text', text: '' }); return held || out.length > before;",
      ),
    ],
    caughtBy: ['upstream-noise-is-ignored'],
  },
  {
    id: 'provider-characters-torn-apart',
    title: 'decodes each piece of the provider’s bytes by itself',
    kind: 'source',
    mode: 'sse',
    edits: [
      edit(`${SOURCE}/openai.js`, "message.setEncoding('utf8');", ''),
      edit(`${SOURCE}/openai.js`, 'reader.read(text)', 'reader.read(String(text))'),
    ],
    caughtBy: ['upstream-bytes-split-anywhere'],
  },
  {
    id: 'provider-redirect-followed',
    title: 'follows a redirect of the provider, with prompt and key',
    kind: 'source',
    mode: 'sse',
    edits: [
      edit(
        `${SOURCE}/openai/http.js`,
        'this.#answer(message).then(',
        '(message.headers.location ? this.fetch(new URL(message.headers.location, url), init) : this.#answer(message)).then(',
      ),
    ],
    caughtBy: ['upstream-redirect-is-not-followed'],
  },
  {
    id: 'provider-silence-unnoticed',
    title: 'waits for ever for a provider that has fallen silent',
    kind: 'source',
    mode: 'sse',
    edits: [edit(`${SOURCE}/openai/watchdog.js`, 'this.#expire(this.#reason());', 'void 0;')],
    caughtBy: ['upstream-silence-ends'],
    hangs: true,
  },
  {
    id: 'comments-taken-for-content',
    title: 'takes a provider’s keep-alive comments for content',
    kind: 'source',
    mode: 'sse',
    edits: [edit(`${SOURCE}/openai.js`, 'this.watch(content);', 'this.watch(true);')],
    caughtBy: ['upstream-silence-ends'],
  },
  {
    id: 'retries-without-bound',
    title: 'asks a failing provider again and again',
    kind: 'source',
    mode: 'sse',
    edits: [edit(`${SOURCE}/openai/upstream-call.js`, 'retries >= maxRetries', 'false')],
    caughtBy: ['upstream-retries-are-bounded'],
    hangs: true,
  },
  {
    id: 'never-retries',
    title: 'gives up at the provider’s first hiccup',
    kind: 'source',
    mode: 'sse',
    edits: [edit(`${SOURCE}/openai/upstream-call.js`, 'retries >= maxRetries', 'true')],
    caughtBy: ['upstream-retried-before-the-first-token'],
  },
  {
    id: 'compressed-answer-read',
    title: 'reads a compressed answer, which may be a bomb',
    kind: 'source',
    mode: 'sse',
    edits: [edit(`${SOURCE}/openai/http.js`, "!== 'identity'", "=== 'nothing'")],
    caughtBy: ['upstream-bomb-is-refused'],
  },
];
