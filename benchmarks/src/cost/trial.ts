import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

import { InvalidMeasurement } from '../compare/failures.js';
import type { ServerSetup } from '../targets/target.js';
import { makeTrace, recordingOf } from '../trace/trace.js';
import type { Job, Progress } from './generator.js';
import { pathOf, startNode, stopNode } from './node-process.js';
import type { Load, Target } from './targets.js';

export interface TrialOptions {
  readonly load: Load;
  readonly streams: number;
  /** Folder for a CPU profile of the server; it costs a little itself. */
  readonly profile?: string | undefined;
}

/** One target, once. CPU is user and kernel time of the server process, in microseconds per token. */
export interface Trial {
  readonly target: string;
  /** Over the whole: a fresh process's first request to its last answer. */
  readonly wholeUs: number;
  readonly wholeUserUs: number;
  /** While all streams run: starting them and compiling are over. */
  readonly steadyUs: number;
  /** Bytes that left the server, headers included, per token. */
  readonly bytesPerToken: number;
  /** Share of a processor that the generator used. Near 1 it was the bottleneck. */
  readonly generatorShare: number;
}

interface Cpu {
  readonly userUs: number;
  readonly systemUs: number;
}

/** Runs a fresh server under load. @throws {InvalidMeasurement} when a stream is not complete. */
export async function runTrial(target: Target, { load, streams, profile }: TrialOptions): Promise<Trial> {
  const nodeArgs = ['--import', pathToFileURL(pathOf('cost/cpu-probe.js')).href];
  if (profile !== undefined) nodeArgs.push(...profileArgs(profile, target.name));
  // A profiler samples from another thread; tied to the server's processor it would only see it sleep.
  const processor = profile === undefined ? 0 : undefined;
  const setup = setupOf(load, streams);
  const server = startNode({ ...target.server(setup), nodeArgs, processor });
  const generator = startNode({ script: 'cost/generator.js', processor: 1 });
  try {
    const port = await portOf(server, target);
    const gapMs = 1000 / load.tokensPerSecond;
    // Starts are spread over a second and a bit, which no multiple of the gap divides: tokens of all streams are then
    // spread evenly over the gap.
    const staggerMs = (1000 + gapMs / 2) / streams;
    return await observe(target, server, generator, { port, opening: target.opening(load), streams, staggerMs }, load);
  } finally {
    await Promise.all([stopNode(server), stopNode(generator)]);
    rmSync(setup.recordingsDir, { recursive: true });
  }
}

/** Controls play a recording of the same words at the same times; ours make them on the way. */
function setupOf({ tokens, tokensPerSecond, ttftMs, seed }: Load, streams: number): ServerSetup {
  const trace = 'cost';
  const recordingsDir = mkdtempSync(join(tmpdir(), 'tokenwire-cost-'));
  const recording = recordingOf(makeTrace({ name: trace, seed, tokens, tokensPerSecond, ttftMs, jitter: 0 }));
  writeFileSync(join(recordingsDir, `${trace}.jsonl`), recording);
  return { recordingsDir, trace, streams, flags: [] };
}

/**
 * Node's own profiler. Its default interval of 1 ms beats with timers of whole milliseconds, and then it always sees the
 * same moment of each.
 */
function profileArgs(folder: string, name: string): readonly string[] {
  const file = `${name.replace(':', '-')}.cpuprofile`;
  return ['--cpu-prof', '--cpu-prof-interval', '137', '--cpu-prof-dir', folder, '--cpu-prof-name', file];
}

async function observe(
  target: Target,
  server: ChildProcess,
  generator: ChildProcess,
  job: Job,
  load: Load,
): Promise<Trial> {
  const marks = new Map<Progress['type'], { readonly progress: Progress; readonly cpu: Cpu }>();
  const before = await cpuOf(server);
  const done = new Promise<void>((resolve, reject) => {
    const mark = async (progress: Progress): Promise<void> => {
      marks.set(progress.type, { progress, cpu: await cpuOf(server) });
      if (progress.type === 'done') resolve();
    };
    generator.on('message', (message) => void mark(message as Progress).catch(reject));
    server.once('exit', () => reject(new InvalidMeasurement(`${target.name}: the server ended in mid-run`)));
    generator.once('exit', (code) => code !== 0 && reject(new InvalidMeasurement('the generator failed')));
  });
  generator.send(job);
  await done;
  const [begin, end, last] = [marks.get('steady-begin'), marks.get('steady-end'), marks.get('done')];
  const incomplete = last?.progress.perStream?.filter((tokens) => tokens !== load.tokens).length;
  if (!last || incomplete !== 0) {
    throw new InvalidMeasurement(`${target.name}: ${incomplete} of ${job.streams} streams are not complete`);
  }
  if (!begin || !end)
    throw new InvalidMeasurement(`${target.name}: streams ended before all had begun; use more tokens`);
  const { tokens, bytes = 0, cpuShare = 0 } = last.progress;
  return {
    target: target.name,
    wholeUs: (total(last.cpu) - total(before)) / tokens,
    wholeUserUs: (last.cpu.userUs - before.userUs) / tokens,
    steadyUs: (total(end.cpu) - total(begin.cpu)) / (end.progress.tokens - begin.progress.tokens),
    bytesPerToken: bytes / tokens,
    generatorShare: cpuShare,
  };
}

function total({ userUs, systemUs }: Cpu): number {
  return userUs + systemUs;
}

async function cpuOf(server: ChildProcess): Promise<Cpu> {
  const answer = once(server, 'message');
  server.send('cpu');
  const [cpu] = (await answer) as [Cpu];
  return cpu;
}

async function portOf(server: ChildProcess, { name }: Target): Promise<number> {
  if (!server.stdout) throw new InvalidMeasurement(`${name}: no output`);
  const lines = createInterface({ input: server.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  const port = Number(/:(\d+)$/.exec(line ?? '')?.[1]);
  if (port > 0) return port;
  throw new InvalidMeasurement(`${name}: the server did not come to listen; is it built?`);
}
