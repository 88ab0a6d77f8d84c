import { edit, type Bug } from './bug.js';

const LOG = 'packages/generation-log/dist';

/** Bugs in the log, its readers and the registry of generations: they show on all transports. */
export const LOG_BUGS: readonly Bug[] = [
  {
    id: 'resume-one-late',
    title: 'skips the first event after the cursor',
    kind: 'log',
    mode: 'chunked',
    edits: [
      edit(
        'packages/server-kit/dist/http-request.js',
        'const seq = cursor?.seq ?? 0;',
        'const seq = cursor?.seq ? cursor.seq + 1 : 0;',
      ),
    ],
    caughtBy: ['resume-after-n'],
  },
  {
    id: 'resume-one-early',
    title: 'sends the event at the cursor again',
    kind: 'log',
    mode: 'chunked',
    edits: [
      edit(
        'packages/server-kit/dist/http-request.js',
        'const seq = cursor?.seq ?? 0;',
        'const seq = Math.max(0, (cursor?.seq ?? 0) - 1);',
      ),
    ],
    caughtBy: ['every-event-is-sent-once'],
  },
  {
    id: 'shown-before-the-log',
    title: 'shows readers what the log does not have yet',
    kind: 'log',
    mode: 'sse',
    edits: [
      edit(
        `${LOG}/log.js`,
        'get lastSeq() {',
        `get lastSeq() {
          const settled = this.#appendedMs.findIndex((atMs) => atMs > this.#clock.now() - 2_000);
          if (settled >= 0) return Math.min(this.#entries.length, Math.max(1, settled));`,
      ),
    ],
    caughtBy: ['resume-after-n-while-running'],
  },
  {
    id: 'lost-wake-up',
    title: 'looks at the log first and subscribes afterwards',
    kind: 'log',
    mode: 'sse',
    edits: [
      edit(`${LOG}/log-reader.js`, 'this.#waiting = resolve;', 'setTimeout(() => (this.#waiting = resolve), 20);'),
    ],
    caughtBy: ['events-in-order-each-once'],
    hangs: true,
  },
  {
    id: 'end-not-seen-at-the-tail',
    title: 'never tells a reader that has everything that this was the end',
    kind: 'log',
    mode: 'long-poll',
    edits: [edit(`${LOG}/log-reader.js`, 'if (!this.#log.terminal)', 'if (this.#log)')],
    caughtBy: ['resume-after-the-end'],
    hangs: true,
  },
  {
    id: 'reader-leak',
    title: 'keeps counting readers that have left',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/log-reader.js`, 'this.#onClose();', '')],
    caughtBy: ['leaving-the-loop-detaches'],
    hangs: true,
  },
  {
    id: 'stop-not-forwarded',
    title: 'ends the answer at a stop while the model goes on',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/generation.js`, 'this.#abort.abort();', '')],
    caughtBy: ['stop-closes-the-upstream'],
    hangs: true,
  },
  {
    id: 'append-after-cancelled',
    title: 'goes on appending after `cancelled`',
    kind: 'log',
    mode: 'sse',
    edits: [
      edit(`${LOG}/log.js`, 'if (this.#terminal)', 'if (false)'),
      edit(`${LOG}/generation.js`, 'this.#abort.abort();', ''),
      edit(`${LOG}/generation.js`, 'this.#tokensAfterStop += piece.tokens ?? 1;', 'writer.write(piece);'),
    ],
    caughtBy: ['stop-reaches-the-source'],
  },
  {
    id: 'cancelled-is-not-terminal',
    title: 'does not take `cancelled` for an end',
    kind: 'log',
    mode: 'sse',
    edits: [
      edit('packages/protocol/dist/events.js', "'message_stop', 'cancelled', 'error'", "'message_stop', 'error'"),
    ],
    hangs: true,
    caughtBy: ['stop-reaches-the-source'],
  },
  {
    id: 'stale-stop',
    title: 'stops the newest answer instead of the one that is named',
    kind: 'log',
    mode: 'sse',
    edits: [
      edit(`${LOG}/generation.js`, 'this.#options = options;', 'this.#options = options; Generation.newest = this;'),
      edit(
        `${LOG}/generation.js`,
        'async stop(by, closeTimeoutMs = this.#options.closeTimeoutMs) {',
        `async stop(by, closeTimeoutMs = this.#options.closeTimeoutMs) {
          if (by === 'client' && this !== Generation.newest) return Generation.newest.stop(by);`,
      ),
    ],
    caughtBy: ['stale-stop-hits-nothing-newer'],
  },
  {
    id: 'ids-in-sequence',
    title: 'counts its ids up',
    kind: 'log',
    mode: 'sse',
    edits: [
      edit(
        `${LOG}/random.js`,
        'return `gen_${Array.from',
        "return `gen_${String((globalThis.ids = (globalThis.ids ?? 0) + 1)).padStart(24, '0')}`; return `gen_${Array.from",
      ),
    ],
    caughtBy: ['ids-cannot-be-guessed'],
  },
  {
    id: 'ids-of-time',
    title: 'makes its ids from the time and a few random characters',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/random.js`, 'Array.from({ length: 24 }', 'String(Date.now()) + Array.from({ length: 11 }')],
    caughtBy: ['ids-cannot-be-guessed'],
  },
  {
    id: 'ids-reused',
    title: 'gives an id again after a while',
    kind: 'log',
    mode: 'sse',
    edits: [
      edit(
        `${LOG}/random.js`,
        'return `gen_${Array.from',
        'globalThis.pool ??= []; if (globalThis.pool.length >= 12) return globalThis.pool[Math.floor(Math.random() * 12)]; const id = `gen_${Array.from',
      ),
      edit(`${LOG}/random.js`, ".join('')}`;", ".join('')}`; globalThis.pool.push(id); return id;"),
    ],
    caughtBy: ['ids-cannot-be-guessed'],
  },
  {
    id: 'key-ignored',
    title: 'starts anew for an Idempotency-Key that it knows',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/generations.js`, 'key === undefined ? undefined : this.#keys.get(key)', 'undefined')],
    caughtBy: ['same-key-same-generation', 'upstream-answer'],
  },
  {
    id: 'key-conflict-not-seen',
    title: 'gives the old answer for a known key with a new question',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/generations.js`, 'earlier.fingerprint === fingerprint', 'earlier')],
    caughtBy: ['same-key-other-body'],
  },
  {
    id: 'expired-is-not-found',
    title: 'does not tell an answer that is gone from one that never was',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/generations.js`, 'this.#retention.remembers(id, owner)', 'false')],
    caughtBy: ['cursor-expired'],
  },
  {
    id: 'new-answer-for-a-lost-one',
    title: 'gives another answer for an id that it does not know',
    kind: 'log',
    mode: 'sse',
    edits: [
      edit(
        `${LOG}/generations.js`,
        'if (generation?.owner === owner)',
        'const other = this.#byId.values().next().value; if (!generation && other) return other; if (generation?.owner === owner)',
      ),
    ],
    caughtBy: ['unknown-id'],
  },
  {
    id: 'grace-ignored',
    title: 'cancels as soon as the last reader has left, whatever the grace period',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/presence.js`, ': policy.graceMs', ': 0')],
    caughtBy: ['grace-period-cancels', 'coming-back-ends-the-grace-period'],
  },
  {
    id: 'grace-runs-on',
    title: 'lets the grace period run on when a reader comes back',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/presence.js`, 'this.#readers += 1;', 'this.#readers += 1; this.#callOff = undefined;')],
    caughtBy: ['coming-back-ends-the-grace-period'],
  },
  {
    id: 'cancel-ignored',
    title: 'goes on under the policy "cancel" when nobody reads',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/presence.js`, "policy === 'cancel' ? 0", "policy === 'cancel' ? undefined")],
    caughtBy: ['disconnect-cancels', 'disconnect-closes-the-upstream'],
    hangs: true,
  },
  {
    id: 'continue-ignored',
    title: 'cancels under the policy "continue" when nobody reads',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/presence.js`, "policy === 'continue' ? undefined", "policy === 'continue' ? 0")],
    caughtBy: ['leaving-the-loop-detaches'],
  },
  {
    id: 'terminal-as-error',
    title: 'forgets `message_stop`',
    kind: 'log',
    mode: 'sse',
    edits: [edit(`${LOG}/event-writer.js`, "this.#log.append({ type: 'message_stop' }, dueMs);", '')],
    caughtBy: ['events-in-order-each-once'],
  },
  {
    id: 'snapshot-stands-still',
    title: 'computes the text of a snapshot once and never again',
    kind: 'log',
    mode: 'sse',
    // Once there is some: a snapshot that is taken before the first text would else be empty for ever.
    edits: [edit(`${LOG}/log.js`, 'get text() {', "get text() { if (this.#text !== '') return this.#text;")],
    caughtBy: ['snapshot-grows'],
  },
];
