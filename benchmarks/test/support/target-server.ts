import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { Call, Read, Sink } from '../../src/drivers/driver.js';
import type { Moments } from '../../src/targets/feed.js';
import type { ServerProgram, ServerSetup, Target } from '../../src/targets/target.js';
import { recordingOf, type Trace } from '../../src/trace/trace.js';

/** A built server program of a target, and the recordings that it plays. */
export class TargetServer {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  /** @param traces the first is measured; further ones lie beside it. */
  static async start(
    program: (setup: ServerSetup) => ServerProgram,
    ...traces: readonly [Trace, ...Trace[]]
  ): Promise<TargetServer> {
    const folder = mkdtempSync(join(tmpdir(), 'tokenwire-target-'));
    for (const trace of traces) writeFileSync(join(folder, `${trace.name}.jsonl`), recordingOf(trace));
    const { script, args, env } = program({ recordingsDir: folder, trace: traces[0].name, streams: 4, flags: [] });
    const path = resolve(fileURLToPath(new URL('../../dist', import.meta.url)), script);
    const stdio: ('ignore' | 'inherit' | 'ipc' | 'pipe')[] = ['ignore', 'pipe', 'ignore', 'ipc'];
    const child = fork(path, args, { stdio, env: { ...process.env, ...env }, execArgv: [] });
    if (!child.stdout) throw new Error('no output');
    const lines = createInterface({ input: child.stdout });
    const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
    if (line === undefined) throw new Error(`${script} did not come to listen`);
    return new TargetServer(line.replace('listening ', ''), child, folder);
  }

  async moments(): Promise<Moments['streams']> {
    const answer = once(this.#child, 'message');
    this.#child.send({ type: 'moments' });
    const [{ streams }] = (await answer) as [Moments];
    return streams;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.#child.exitCode === null && this.#child.signalCode === null && once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
    rmSync(this.#folder, { recursive: true });
  }
}

/** What a driver has noted. */
export class Notes implements Sink {
  readonly texts: string[] = [];
  readonly ids: string[] = [];
  opened = 0;
  missing = 0;
  repeated = 0;
  readonly #onToken: () => void;

  constructor(onToken: () => void = () => {}) {
    this.#onToken = onToken;
  }

  headers(): void {
    this.opened += 1;
  }

  token(text: string): void {
    this.texts.push(text);
    this.#onToken();
  }

  id(id: string): void {
    this.ids.push(id);
  }

  lost(count: number): void {
    this.missing += count;
  }

  doubled(count: number): void {
    this.repeated += count;
  }

  requests(): void {}
  extra(): void {}
}

/** Reads one answer with a target's own reader. */
export async function readWith(
  { driver, options }: Pick<Target, 'driver' | 'options'>,
  where: Pick<Call, 'url'> & Partial<Call>,
  notes = new Notes(),
): Promise<Notes> {
  // The source of what runs from `dist` otherwise.
  const module = `../../src/drivers/${driver.replace('/dist/', '/src/')}.ts`;
  const { read } = (await import(module)) as { readonly read: Read };
  const { url, stream = 0, trace = '', texts = [], signal = new AbortController().signal } = where;
  await read({ url, stream, trace, texts, options, signal }, notes);
  return notes;
}
