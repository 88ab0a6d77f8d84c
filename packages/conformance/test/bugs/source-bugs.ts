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
];
