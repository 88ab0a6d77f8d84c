import { fileURLToPath } from 'node:url';

import { CLIENTS, eventually, startServer } from '@tokenwire/conformance';
import { MODES } from '@tokenwire/protocol';
import { seededRandom } from '@tokenwire/token-source';
import { startOpenAiUpstream, type OpenAiUpstream } from '@tokenwire/token-source/testing';
import { Command } from 'commander';

import { parse, whole } from '../command-line.js';
import { messageOf, UsageError } from '../compare/failures.js';
import { shuffled } from '../compare/order.js';
import { metricsOf } from '../server-metrics.js';
import { abortDirectly } from './control.js';
import { render, verdictOf, type Outcome } from './report.js';
import { stopOnce, type StopResult } from './stop-once.js';
import { Upstreams } from './upstreams.js';

export interface StopsOptions {
  /** Stops in all, spread evenly over the modes. Default 2 000. */
  readonly stops: number;
  /** Answers at the same time. Default 10. */
  readonly parallel: number;
  /** Of the moments and of the order. Default 7. */
  readonly seed: number;
  readonly json: boolean;
}

/** The model says a token every 10 ms for 2 s; a stop comes within the first 0.6 s. */
const MODEL = { tokens: 200, intervalMs: 10 } as const;
const LATEST_STOP_MS = 600;

/** Runs the check; the table goes to standard output, progress to standard error. @returns the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = readOptions(argv);
    if (!options) return 0;
    const outcome = await measure(options);
    const verdict = verdictOf(outcome);
    process.stdout.write(
      `${options.json ? JSON.stringify({ options, verdict, ...outcome }) : render(outcome, verdict)}\n`,
    );
    return verdict.every(({ kept }) => kept) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`stops: ${messageOf(error)}\n`);
    return 2;
  }
}

function readOptions(argv: readonly string[]): StopsOptions | undefined {
  const command = new Command('stops')
    .description('Stops answers at random moments over all modes, and watches the model’s side.')
    .option('--stops <n>', 'stops in all', whole, 2_000)
    .option('--parallel <n>', 'answers at the same time', whole, 10)
    .option('--seed <n>', 'of moments and order', whole, 7)
    .option('--json', 'print all results as JSON', false);
  return parse(command, argv)?.opts<StopsOptions>();
}

async function measure(options: StopsOptions): Promise<Outcome> {
  const upstream = await startOpenAiUpstream(MODEL);
  const main = fileURLToPath(new URL('../../../apps/playground/dist/main.js', import.meta.url));
  const args = ['--max-running', '1000', '--retention-ms', '1000', '--next-poll-ms', '100'];
  const server = await startServer(main, { args, env: { TOKENWIRE_COMPATIBLE_URL: upstream.url } });
  try {
    const { results, control } = await runAll(server.url, upstream, options);
    const gauges = ['tokenwire_generations_running', 'tokenwire_readers', 'tokenwire_generations_kept'];
    const left = await settled(server.url, gauges);
    return { results, control, left };
  } finally {
    await server.stop();
    await upstream.close();
  }
}

/** Stops and controls take turns, so that both meet the same machine. */
async function runAll(
  url: string,
  upstream: OpenAiUpstream,
  { stops, parallel, seed }: StopsOptions,
): Promise<Pick<Outcome, 'results' | 'control'>> {
  const upstreams = new Upstreams(upstream);
  const random = seededRandom(seed);
  const results: StopResult[] = [];
  const control: number[] = [];
  const modes = shuffled(
    Array.from({ length: stops }, (_, index) => MODES[index % MODES.length] ?? 'chunked'),
    random,
  );
  const jobs = modes.map((mode, index) => ({ mode, prompt: `stop ${index}`, delayMs: random() * LATEST_STOP_MS }));
  const worker = async (): Promise<void> => {
    for (let job = jobs.pop(); job; job = jobs.pop()) {
      results.push(await stopOnce({ ...job, open: CLIENTS[job.mode], url }, upstreams));
      if (results.length % 5 === 0) {
        control.push(await abortDirectly(upstream, upstreams, `control ${job.prompt}`, job.delayMs / 4));
      }
      if (results.length % 100 === 0) process.stderr.write(`${results.length} of ${stops} stops\n`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { results, control };
}

/** The server's gauges once they have come to rest at 0, or what they are after ten seconds. */
async function settled(url: string, names: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const read = async (): Promise<Record<string, number>> => {
    const figures = await metricsOf(url);
    return Object.fromEntries(names.map((name) => [name, figures.get(name) ?? Number.NaN]));
  };
  try {
    await eventually('everything is 0', async () => Object.values(await read()).every((value) => value === 0), 10_000);
  } catch {
    // The report shows what is left.
  }
  return await read();
}
