#!/usr/bin/env node
// Byte cuts as a command: `npm run test:cuts`. The first argument is the script of a server that carries all modes.
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { startServer, type RunningServer } from '../harness/server-process.js';
import { hostileCases, megabyteCases, type CutCase } from './cases.js';
import { readCutOptions, USAGE, type CutOptions } from './cli-options.js';
import { CutRunner } from './cut-runner.js';
import { Memory } from './memory.js';
import { Progress } from './report.js';
import { runCuts, type CutSummary } from './run-cuts.js';

/** Little is kept, so that a leak would show; much more than what is being read, so that nothing is dropped too early. */
const SERVER_ARGS = [
  '--next-poll-ms',
  '100',
  '--retention-bytes',
  String(128 * 1024 * 1024),
  // Cuts come faster than a crowd that a server should let in.
  '--streams-burst',
  '1000000',
  '--streams-per-second',
  '1000000',
] as const;
/** Each stream of the long answer holds several megabytes on both sides. */
const MEGABYTE_LANES = 4;
/** How much later than its server this process may hear of a Ctrl-C. */
const SIGNAL_LAG_MS = 200;

const [serverScript = '', ...args] = process.argv.slice(2);
const options = read();
if (options !== undefined) await main(options);

function read(): CutOptions | undefined {
  try {
    const options = readCutOptions(args);
    if (options !== 'help') return options;
    process.stdout.write(USAGE);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nAll options: --help\n`);
    process.exitCode = 2;
  }
  return undefined;
}

async function main(options: CutOptions): Promise<void> {
  const interrupt = new AbortController();
  // Every stream listens.
  setMaxListeners(0, interrupt.signal);
  const onInterrupt = (): void => interrupt.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  let server: RunningServer | undefined;
  try {
    server = await startServer(serverScript, { args: SERVER_ARGS });
    const { failures, passed } = await cutEverything(server.url, options, interrupt.signal);
    process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
  } catch (error) {
    // Ctrl-C reaches the server as well, whose end may be noticed before this process's own signal.
    await sleep(SIGNAL_LAG_MS);
    if (!interrupt.signal.aborted) throw error;
  } finally {
    if (interrupt.signal.aborted) process.exitCode = 130;
    await server?.stop();
  }
}

async function cutEverything(url: string, options: CutOptions, signal: AbortSignal): Promise<CutSummary> {
  const { selection, answers, megabytes, seed, lanes } = options;
  const runner = await CutRunner.on(url, seed, signal);
  const hostile = answers.includes('hostile') ? [...hostileCases(await runner.measure('hostile'), selection)] : [];
  const megabyte = answers.includes('megabyte')
    ? [...megabyteCases(await runner.measure('megabyte'), selection, megabytes, seed)]
    : [];
  process.stdout.write(`${describe(hostile)} of the hostile answer, ${megabyte.length} of the megabyte\n`);
  const memory = new Memory(url);
  const progress = new Progress(hostile.length + megabyte.length, seed);
  const onProgress = (summary: CutSummary): void => progress.update(summary);
  const shared = { signal, onProgress };
  try {
    const summary = await runCuts(runner, hostile, { ...shared, lanes });
    const few = { lanes: MEGABYTE_LANES, waitingLanes: MEGABYTE_LANES };
    if (!signal.aborted && megabyte.length > 0) await runCuts(runner, megabyte, { ...shared, ...few }, summary);
    progress.finish(summary, memory.mostMegabytes);
    return summary;
  } finally {
    memory.close();
  }
}

function describe(cuts: readonly CutCase[]): string {
  const offsets = new Set(cuts.map(({ mode, way, offset }) => `${mode} ${way} ${offset}`)).size;
  return `${cuts.length} cuts at ${offsets} offsets`;
}
