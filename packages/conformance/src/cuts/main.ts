#!/usr/bin/env node
// Byte cuts as a command: `npm run test:cuts`. The first argument is the script of a server that carries all modes.
import { gauge } from '../harness/answers.js';
import { startServer } from '../harness/server-process.js';
import { hostileCases, megabyteCases, type CutCase } from './cases.js';
import { readCutOptions, USAGE, type CutOptions } from './cli-options.js';
import { CutRunner } from './cut-runner.js';
import { Progress } from './report.js';
import { runCuts, type CutSummary } from './run-cuts.js';

/** Little is kept, so that a leak would show; much more than what is being read, so that nothing is dropped too early. */
const SERVER_ARGS = ['--next-poll-ms', '100', '--retention-bytes', String(64 * 1024 * 1024)] as const;
/** Each stream of the long answer holds several megabytes on both sides. */
const MEGABYTE_LANES = 4;
/** How often the server's memory is looked at. */
const MEMORY_EVERY_MS = 2_000;

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
  const onInterrupt = (): void => interrupt.abort();
  process.once('SIGINT', onInterrupt).once('SIGTERM', onInterrupt);
  const server = await startServer(serverScript, { args: SERVER_ARGS });
  try {
    const { failures, passed } = await cutEverything(server.url, options, interrupt.signal);
    process.exitCode = interrupt.signal.aborted ? 130 : failures.length > 0 || passed === 0 ? 1 : 0;
  } finally {
    await server.stop();
  }
}

async function cutEverything(url: string, options: CutOptions, signal: AbortSignal): Promise<CutSummary> {
  const { selection, answers, megabytes, seed, lanes } = options;
  const runner = await CutRunner.on(url, seed);
  const hostile = answers.includes('hostile') ? [...hostileCases(await runner.measure('hostile'), selection)] : [];
  const megabyte = answers.includes('megabyte')
    ? [...megabyteCases(await runner.measure('megabyte'), selection, megabytes, seed)]
    : [];
  process.stdout.write(`${describe(hostile)} of the hostile answer, ${megabyte.length} of the megabyte\n`);
  const memory = watchMemory(url);
  const progress = new Progress(hostile.length + megabyte.length, seed);
  const onProgress = (summary: CutSummary): void => progress.update(summary);
  const summary = await runCuts(runner, hostile, { lanes, signal, onProgress });
  if (!signal.aborted && megabyte.length > 0) {
    await runCuts(
      runner,
      megabyte,
      { lanes: MEGABYTE_LANES, waitingLanes: MEGABYTE_LANES, signal, onProgress },
      summary,
    );
  }
  progress.finish(summary, memory());
  return summary;
}

function describe(cuts: readonly CutCase[]): string {
  const offsets = new Set(cuts.map(({ mode, way, offset }) => `${mode} ${way} ${offset}`)).size;
  return `${cuts.length} cuts at ${offsets} offsets`;
}

/** Gives a function that ends it and gives the most megabytes that the server has held. */
function watchMemory(url: string): () => number {
  let most = 0;
  const look = async (): Promise<void> => {
    most = Math.max(most, await gauge({ url }, 'process_resident_memory_bytes'));
  };
  const timer = setInterval(() => void look().catch(() => {}), MEMORY_EVERY_MS);
  return () => {
    clearInterval(timer);
    return Math.round(most / 2 ** 20);
  };
}
