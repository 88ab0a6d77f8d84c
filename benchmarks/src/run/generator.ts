import type { Job, Progress, StreamNotes } from '../agent/job.js';
import { InvalidMeasurement } from '../compare/failures.js';
import type { ProcessUse } from '../raw/raw.js';
import type { Process } from './processes.js';
import { send, useOf } from './use.js';

/** What a load cost, and what its readers noted. */
export interface LoadResult {
  readonly notes: readonly StreamNotes[];
  /** From the first request to the last answer. */
  readonly server: ProcessUse;
  readonly generator: ProcessUse;
  /** While all streams ran. Null when there was no such time. */
  readonly steady: { readonly server: ProcessUse; readonly tokens: number } | null;
}

/**
 * Has a generator run a job against a server that listens.
 * @param beforeLoad called when the warm-up is over.
 * @throws {InvalidMeasurement} when a process dies, or the generator cannot begin.
 */
export async function runJob(
  generator: Process,
  server: Process,
  job: Job,
  { signal, beforeLoad }: { readonly signal: AbortSignal; readonly beforeLoad: () => void },
): Promise<LoadResult> {
  const progress = new Inbox(generator, AbortSignal.any([signal, generator.died, server.died]));
  await progress.next('here');
  send(generator.child, job);
  await progress.next('ready');
  await useOf(server, { restart: true });
  await useOf(generator, { restart: true });
  beforeLoad();
  send(generator.child, { type: 'go' });

  let begin: Mark | undefined;
  let steady: LoadResult['steady'] = null;
  for (;;) {
    const message = await progress.next();
    if (message.type === 'steady-begin') {
      begin = { tokens: message.tokens, use: await useOf(server, { restart: false }) };
    } else if (message.type === 'steady-end' && begin) {
      const end = { tokens: message.tokens, use: await useOf(server, { restart: false }) };
      steady = { server: between(begin.use, end.use), tokens: end.tokens - begin.tokens };
    } else if (message.type === 'done') {
      const [serverUse, generatorUse] = await Promise.all([
        useOf(server, { restart: false }),
        useOf(generator, { restart: false }),
      ]);
      return { notes: message.records, server: serverUse, generator: generatorUse, steady };
    }
  }
}

interface Mark {
  readonly tokens: number;
  readonly use: ProcessUse;
}

function between(begin: ProcessUse, end: ProcessUse): ProcessUse {
  return {
    ...end,
    cpuUserUs: end.cpuUserUs - begin.cpuUserUs,
    cpuSystemUs: end.cpuSystemUs - begin.cpuSystemUs,
    wallMs: end.wallMs - begin.wallMs,
  };
}

/** The messages of a generator, in order. */
class Inbox {
  readonly #signal: AbortSignal;
  readonly #messages: Progress[] = [];
  #wake: () => void = () => {};

  constructor({ child }: Process, signal: AbortSignal) {
    this.#signal = signal;
    child.on('message', (message: Progress | { readonly type: 'use' }) => {
      if (message.type === 'use') return;
      this.#messages.push(message);
      this.#wake();
    });
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /** @throws {InvalidMeasurement} what the generator complains of; whatever the signal was aborted with. */
  async next(type?: Progress['type']): Promise<Progress> {
    for (;;) {
      const message = this.#messages.shift();
      if (message?.type === 'failed') throw new InvalidMeasurement(message.message);
      if (message && (type === undefined || message.type === type)) return message;
      this.#signal.throwIfAborted();
      if (!message) await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
