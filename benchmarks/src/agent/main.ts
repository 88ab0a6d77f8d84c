/**
 * The generator: a process of its own that opens streams on an absolute timetable (open loop) and notes what comes.
 * Parent → generator: a `Job`, then `{ type: 'go' }`. Generator → parent: `Progress`.
 */
import { countWire } from '../compare/wire-count.js';
import { messageOf } from '../compare/failures.js';
import { nowMs } from '../compare/clock.js';
import type { Read } from '../drivers/driver.js';
import type { Job, Progress } from './job.js';
import { Recorder } from './recorder.js';

class Generator {
  readonly #job: Job;
  readonly #read: Read;
  readonly #recorders: Recorder[] = [];
  readonly #signal = new AbortController().signal;
  #speaking = 0;
  #finished = 0;
  #steady = false;

  constructor(job: Job, read: Read) {
    this.#job = job;
    this.#read = read;
  }

  /** Runs all code once, on the connections that are used again, or on others that are closed afterwards. */
  async warmUp(): Promise<void> {
    const { url, warmUp, connections } = this.#job;
    if (warmUp === 0) return;
    const counter = connections === 'cold' ? await countWire(url) : undefined;
    const numbers = Array.from({ length: warmUp }, (_, index) => -1 - index);
    await Promise.all(
      numbers.map((number) => this.#open(new Recorder(number, nowMs(), () => {}), counter?.url ?? url)),
    );
    await counter?.close();
  }

  async run(): Promise<void> {
    const { streams, rampMs, url } = this.#job;
    const startMs = nowMs() + 5;
    const stepMs = streams > 1 ? rampMs / (streams - 1) : 0;
    const open: Promise<void>[] = [];
    for (let index = 0; index < streams;) {
      const dueMs = startMs + index * stepMs;
      const waitMs = dueMs - nowMs();
      if (waitMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(1, waitMs)));
        continue;
      }
      const recorder = new Recorder(index, dueMs, this.#first);
      this.#recorders.push(recorder);
      open.push(this.#open(recorder, url).then(this.#end));
      index += 1;
    }
    await Promise.all(open);
  }

  notes() {
    return this.#recorders.map((recorder) => recorder.notes());
  }

  async #open(recorder: Recorder, url: string): Promise<void> {
    const { trace, texts, options } = this.#job;
    const { index } = recorder;
    const call = { url, stream: index, trace: index < 0 ? 'warm-up' : trace, texts, options, signal: this.#signal };
    recorder.start();
    try {
      await this.#read(call, recorder);
      recorder.end();
    } catch (error) {
      recorder.end(messageOf(error) || 'failed');
      // A warm-up that fails would be followed by streams that fail in the same way, later.
      if (index < 0) throw error;
    }
  }

  readonly #first = (): void => {
    this.#speaking += 1;
    this.#steady = this.#speaking === this.#job.streams && this.#finished === 0;
    if (this.#steady) tell({ type: 'steady-begin', tokens: this.#tokens() });
  };

  readonly #end = (): void => {
    this.#finished += 1;
    if (this.#steady) tell({ type: 'steady-end', tokens: this.#tokens() });
    this.#steady = false;
  };

  #tokens(): number {
    return this.#recorders.reduce((total, { tokens }) => total + tokens, 0);
  }
}

function tell(progress: Progress): void {
  process.send?.(progress);
}

function heard(type: string): Promise<unknown> {
  return new Promise((resolve) => {
    const hear = (message: unknown): void => {
      if ((message as { readonly type?: string }).type !== type) return;
      process.off('message', hear);
      resolve(message);
    };
    process.on('message', hear);
  });
}

// The probe lets go of the channel, so that it keeps no server alive; here it is what there is to do.
process.channel?.ref();
const heardJob = heard('job');
// The probe, which is loaded first, listens too: what is said before this program does so would reach the probe alone.
tell({ type: 'here' });
const job = (await heardJob) as Job;
try {
  const { read } = (await import(`../drivers/${job.driver}.js`)) as { readonly read: Read };
  const generator = new Generator(job, read);
  await generator.warmUp();
  const go = heard('go');
  tell({ type: 'ready' });
  await go;
  await generator.run();
  tell({ type: 'done', records: generator.notes() });
} catch (error) {
  tell({ type: 'failed', message: messageOf(error) });
}
