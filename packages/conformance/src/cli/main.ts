import { REQUIREMENTS } from '../registry.js';
import { documentOf } from './document.js';
import { explain, list } from './explain.js';
import { checkPresent, firstLook, NoServerError } from './first-look.js';
import { readCommand, USAGE, UsageError, type Command, type RunOptions } from './options.js';
import { Report, type Paper } from './report.js';
import type { Result } from './result.js';
import { ask } from './run.js';
import { openBench, type Bench } from './targets.js';

/** What the command has to do with the world. */
export interface Surroundings {
  readonly out: Paper;
  readonly err: Paper;
  /** Ends the run: what was found until then is reported. */
  readonly signal: AbortSignal;
}

/** Exit status of a process that was interrupted, as shells have it. */
const INTERRUPTED = 130;

/**
 * The command. Gives its exit status: 0 everything that was asked passed, 1 something failed, 2 wrong usage or no
 * server to ask, 130 interrupted. Never throws.
 */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out, err } = surroundings;
  let command: Command;
  try {
    command = readCommand(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    err.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  switch (command.kind) {
    case 'help':
      out.write(USAGE);
      return 0;
    case 'list':
      out.write(list());
      return 0;
    case 'explain':
      for (const requirement of REQUIREMENTS) if (requirement.id === command.id) out.write(explain(requirement));
      return 0;
    case 'run':
      return await run(command, surroundings);
  }
}

async function run(options: RunOptions, surroundings: Surroundings): Promise<number> {
  const { out, err } = surroundings;
  const startedAt = performance.now();
  const tookMs = (): number => performance.now() - startedAt;
  let bench: Bench | undefined;
  try {
    bench = await openBench(options);
    await (options.only ? checkPresent(bench.url, options.timeoutMs) : firstLook(bench.url, options.timeoutMs));
    const results = await askAndReport(bench, options, surroundings, tookMs);
    if (options.json) out.write(documentOf(options, { url: bench.url, results, durationMs: tookMs() }));
    if (surroundings.signal.aborted) return INTERRUPTED;
    return results.some(({ status }) => status === 'failed') ? 1 : 0;
  } catch (error) {
    if (!(error instanceof NoServerError)) throw error;
    const url = bench?.url ?? options.url;
    if (options.json) out.write(documentOf(options, { url, error: error.message, durationMs: tookMs() }));
    err.write(`${error.message}\n`);
    return 2;
  } finally {
    await bench?.close();
  }
}

/** Asks, and tells people meanwhile; with `--json` only a terminal is told, and only what is being asked. */
async function askAndReport(
  { url, targets }: Bench,
  { only, bail, timeoutMs, mode, json }: RunOptions,
  { out, err, signal }: Surroundings,
  tookMs: () => number,
): Promise<readonly Result[]> {
  const requirements = only ? REQUIREMENTS.filter(({ id }) => only.includes(id)) : REQUIREMENTS;
  const report = new Report(
    json ? { ...err, write: err.transient ? err.write : () => {} } : out,
    targets.length * requirements.length,
  );
  if (!json) out.write(`${url} · ${mode} · Node ${process.version}\n`);
  const results = await ask(targets, {
    requirements,
    bail,
    timeoutMs,
    signal,
    onStart: ({ title }) => report.started(title),
    onResult: (result) => report.add(result),
  });
  report.end(results, tookMs());
  return results;
}
