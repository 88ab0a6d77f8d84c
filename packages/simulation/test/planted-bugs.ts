import type { Rule } from '../src/verdict.js';

/** A bug that is put into a copy of the real code, and the promises that it breaks. */
export interface PlantedBug {
  readonly edits: readonly { readonly file: string; readonly from: string; readonly to: string }[];
  /** What may be found first. */
  readonly breaks: readonly Rule[];
  /** Lives that are known not to meet it and are left out, to save time. */
  readonly rare?: number;
}

const log = (file: string, from: string, to: string) => ({ file: `generation-log/src/${file}.ts`, from, to });
const client = (file: string, from: string, to: string) => ({ file: `client-kit/src/${file}.ts`, from, to });
const server = (from: string, to: string) => ({ file: 'simulation/src/server.ts', from, to });

export const PLANTED_BUGS: Readonly<Record<string, PlantedBug>> = {
  'lost-wake-up': {
    edits: [log('log', '      this.#wakeReaders();', '      if (this.#entries.length % 7 > 0) this.#wakeReaders();')],
    breaks: ['wakeup'],
  },
  'wake-up-lost-at-the-end': {
    edits: [log('log', '    this.#wakeReadersSoon();', '    if (!this.#terminal) this.#wakeReadersSoon();')],
    breaks: ['wakeup', 'settles', 'leftover'],
  },
  'end-waits-for-its-flush': {
    edits: [log('log', '      this.#endCollecting();\n    } else', '    } else')],
    breaks: ['wakeup'],
  },
  'event-left-out': {
    edits: [log('log', 'entries.slice(seq, end)', 'entries.slice(seq + Number(end - seq > 5), end)')],
    breaks: ['prefix'],
  },
  'gap-skipped': {
    edits: [
      log('log', 'entries.slice(seq, end)', 'entries.slice(seq + Number(end - seq > 5), end)'),
      client('inbox', 'event.seq > this.seq + 1', 'event.seq > this.seq + 9'),
    ],
    breaks: ['prefix'],
  },
  duplicate: {
    edits: [
      log('log-reader', '    this.#seq = seq;', '    this.#seq = Math.max(0, seq - 1);'),
      client('inbox', 'event.seq <= this.seq', 'event.seq < this.seq'),
    ],
    breaks: ['prefix'],
  },
  'terminal-lost-on-stop': {
    edits: [log('generation', "      this.log.append({ type: 'cancelled', by });\n", '')],
    breaks: ['terminal', 'settles', 'leftover'],
  },
  'truncated-is-success': {
    edits: [
      log(
        'generation',
        "throw new TokenwireError('upstream_truncated', 'The model ended its answer without saying why.')",
        "this.log.append({ type: 'message_stop' })",
      ),
    ],
    breaks: ['terminal'],
  },
  'reader-leaked': {
    edits: [log('log-reader', '    this.#onClose();\n', '')],
    breaks: ['leftover', 'grace'],
  },
  'aborted-reader-hangs': {
    edits: [log('log-reader', '    this.#waiting?.(DONE);\n', '')],
    breaks: ['wakeup', 'settles', 'leftover'],
  },
  'listener-leaked': {
    edits: [log('log-reader', "    this.#signal?.removeEventListener('abort', this.#close);\n", '')],
    breaks: ['leftover'],
  },
  'grace-timer-leaked': {
    edits: [log('presence', '    this.#closed = true;\n    this.#callOff?.();', '    this.#closed = true;')],
    breaks: ['leftover'],
  },
  'lease-timer-leaked': {
    edits: [log('presence', '      callOff();\n      this.#readers -= 1;', '      this.#readers -= 1;')],
    breaks: ['leftover'],
  },
  'early-grace': {
    edits: [log('presence', 'this.#wait(this.#graceMs ?? 0);', 'this.#wait((this.#graceMs ?? 0) * 0.9);')],
    breaks: ['grace'],
  },
  'grace-goes-on-with-a-reader': {
    edits: [log('presence', '    this.#readers += 1;\n    this.#callOff?.();', '    this.#readers += 1;')],
    breaks: ['grace', 'leftover'],
  },
  'lease-ignored': {
    edits: [log('presence', 'if (leaseMs === 0 ||', 'if (leaseMs >= 0 ||')],
    breaks: ['grace'],
  },
  'continue-cancelled': {
    edits: [log('presence', "policy === 'continue' ? undefined", "policy === 'continue' ? 500")],
    breaks: ['grace'],
  },
  'abandoned-runs-on': {
    edits: [log('presence', '    if (this.#readers === 0) this.#wait', '    if (this.#readers < 0) this.#wait')],
    breaks: ['grace'],
  },
  'source-not-told': {
    edits: [log('generation', '    this.#abort.abort();\n', '')],
    breaks: ['cancelled'],
  },
  'cancelled-too-early': {
    edits: [log('generation', 'void this.#produced.then(() => (giveUp(), resolve()));', '(giveUp(), resolve());')],
    breaks: ['cancelled'],
  },
  'appended-after-stop': {
    edits: [log('generation', '      if (this.#stopping) {', '      if (this.#stopping && this.log.terminal) {')],
    breaks: ['content', 'terminal', 'cancelled'],
  },
  'key-not-kept': {
    edits: [log('generations', '      this.#keys.set(key, { fingerprint, generation });\n', '')],
    breaks: ['key'],
  },
  'key-leaked': {
    edits: [
      log(
        'generations',
        'this.#byId.delete(generation.id);\n    this.#releaseKey(generation);',
        'this.#byId.delete(generation.id);',
      ),
    ],
    breaks: ['leftover'],
  },
  'foreign-answer': {
    edits: [
      log(
        'generations',
        'const generation = this.#byId.get(id);',
        'const generation = [...this.#byId.values()].at(-1);',
      ),
    ],
    breaks: ['foreign', 'error', 'prefix', 'cancelled', 'success'],
  },
  'expiry-leaked': {
    edits: [log('retention', '    this.#finished.get(generation)?.();\n', '')],
    breaks: ['leftover'],
  },
  'timers-lost': {
    edits: [log('tick-clock', '    if (this.#pending > 0) this.#armNext();\n', '')],
    breaks: ['leftover', 'settles', 'terminal'],
  },
  'end-is-success': {
    edits: [client('engine', 'await this.#askWhetherDone();', "this.#conclude('completed', undefined);")],
    breaks: ['success'],
  },
  'patience-never-renewed': {
    edits: [client('engine', '    this.#patience.renew();\n', '')],
    breaks: ['error'],
  },
  'partial-text-lost': {
    edits: [
      client('engine', 'Object.assign(error, { partialText,', "Object.assign(error, { partialText: partialText && '',"),
    ],
    breaks: ['partial'],
  },
  'error-is-an-end': {
    edits: [
      client('engine', "event.type === 'error' ? errorFromBody(event.error, 'internal') : undefined", 'undefined'),
    ],
    breaks: ['success'],
  },
  'application-signal-leaked': {
    edits: [client('engine', "    this.settings.options.signal?.removeEventListener('abort', this.#onAbort);\n", '')],
    breaks: ['leftover'],
  },
  'connection-left-open': {
    edits: [
      client(
        'engine',
        '    this.inbox.clear();\n    this.#connection?.close();\n    this.#connection = undefined;\n    this.#pause',
        '    this.inbox.clear();\n    this.#pause',
      ),
    ],
    breaks: ['leftover', 'settles', 'grace'],
  },
  'watchdog-left-running': {
    edits: [client('connection', '    this.#watchdog.stop();\n    this.#giveUp(reason);', '    this.#giveUp(reason);')],
    breaks: ['leftover'],
  },
  'no-watchdog': {
    edits: [client('watchdog', '    else this.#onSilence();\n', '')],
    breaks: ['leftover', 'settles'],
  },
  'patience-taken-by-a-poll': {
    edits: [client('connection', 'watchdog.touch(Math.max(0, delayMs));', 'watchdog.touch(delayMs);')],
    breaks: ['patience', 'error'],
  },
  'stop-never-gives-up': {
    edits: [client('stop', 'const STOP_LIMIT_MS = 10_000', 'const STOP_LIMIT_MS = 60_000')],
    breaks: ['settles'],
  },
  'stop-forgets-the-time-left': {
    edits: [client('stop', 'Math.min(ID_LIMIT_MS, leftMs)', 'ID_LIMIT_MS')],
    breaks: ['settles'],
    rare: 1_800,
  },
  'detach-forgotten': {
    edits: [client('stream', "engine.leave(new TokenwireError('aborted', 'The stream was detached.'))", 'undefined')],
    breaks: ['settles', 'leftover', 'grace', 'success', 'prefix', 'error'],
  },
  'full-buffer-ignored': {
    edits: [
      server(
        'if (connection.write(value.map(parcelOf))) continue;',
        'if (connection.write(value.map(parcelOf)) || seq > 0) continue;',
      ),
    ],
    breaks: ['memory'],
  },
};
