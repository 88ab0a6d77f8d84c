import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { eventually, startServer } from '@tokenwire/conformance';
import { MODES } from '@tokenwire/protocol';
import { Command } from 'commander';

import { parse, whole } from '../command-line.js';
import { messageOf, UsageError } from '../compare/failures.js';
import { metricsOf } from '../server-metrics.js';
import { LIVES } from './live-once.js';
import type { LivesOrder } from './lives-worker.js';

export interface LeftoversOptions {
  /** Answers in all, spread evenly over the modes and over what happens to them. Default 20 000. */
  readonly generations: number;
  /** Answers at the same time. Default 100. */
  readonly parallel: number;
  /** How long the server keeps an answer, in milliseconds. Default 10 000: a reader on a busy machine is slow. */
  readonly retentionMs: number;
  readonly json: boolean;
}

/** What the server had before and has after, by the names of `/metrics`. */
export interface Leftovers {
  readonly generations: number;
  readonly seconds: number;
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  /** Names whose figures differ. */
  readonly left: readonly string[];
}

/** Registries of the server, and what keeps its event loop alive. */
const WATCHED = /^(tokenwire_(?!tokens_total)|nodejs_active_resources)/;
/** How long what has expired may be remembered, and more on a busy machine. */
const SETTLE_LIMIT_MS = 60_000;
/** Lives before the baseline: what is made once and kept, such as a compiled model, is no leftover. */
const WARM_UP = MODES.length * LIVES.length;

/** Runs the check; the result goes to standard output, progress to standard error. @returns the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = readOptions(argv);
    if (!options) return 0;
    const found = await measure(options);
    process.stdout.write(`${options.json ? JSON.stringify(found) : render(found)}\n`);
    return found.left.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`leftovers: ${messageOf(error)}\n`);
    return 2;
  }
}

function readOptions(argv: readonly string[]): LeftoversOptions | undefined {
  const command = new Command('leftovers')
    .description('Runs answers over all modes, and looks whether the server is then as it was before.')
    .option('--generations <n>', 'answers in all', whole, 20_000)
    .option('--parallel <n>', 'answers at the same time', whole, 100)
    .option('--retention-ms <n>', 'how long the server keeps an answer', whole, 10_000)
    .option('--json', 'print the figures as JSON', false);
  return parse(command, argv)?.opts<LeftoversOptions>();
}

async function measure({ generations, parallel, retentionMs }: LeftoversOptions): Promise<Leftovers> {
  const main = fileURLToPath(new URL('../../../apps/playground/dist/main.js', import.meta.url));
  const limits = ['--max-running', '1000', '--streams-burst', '1000000', '--streams-per-second', '1000000'];
  const args = [...limits, '--retention-ms', String(retentionMs), '--next-poll-ms', '100'];
  const server = await startServer(main, { args });
  try {
    await liveAll(server.url, WARM_UP, parallel);
    const before = await settled(server.url, (figures) => registriesEmpty(figures));
    const startedAt = performance.now();
    await liveAll(server.url, generations, parallel);
    const seconds = (performance.now() - startedAt) / 1000;
    const after = await settled(server.url, (figures) => differences(before, figures).length === 0);
    return { generations, seconds, before, after, left: differences(before, after) };
  } finally {
    await server.stop();
  }
}

/** In a thread of its own: `fetch` keeps connections for a minute, and they end with it. */
async function liveAll(url: string, count: number, parallel: number): Promise<void> {
  const work: LivesOrder = { url, count, parallel };
  const worker = new Worker(new URL('lives-worker.js', import.meta.url), { workerData: work });
  worker.on('message', (done: number) => process.stderr.write(`${done} of ${count} answers\n`));
  const [status] = (await once(worker, 'exit')) as [number];
  if (status !== 0) throw new Error('the answers could not be run to their end');
}

/** The server's figures as soon as they are as wished, or what they are at the limit. */
async function settled(
  url: string,
  wished: (figures: Leftovers['after']) => boolean,
): Promise<Readonly<Record<string, number>>> {
  const read = async (): Promise<Record<string, number>> =>
    Object.fromEntries([...(await metricsOf(url))].filter(([name]) => WATCHED.test(name)));
  try {
    return await eventually(
      'the server is as it was',
      async () => {
        const figures = await read();
        return wished(figures) && figures;
      },
      SETTLE_LIMIT_MS,
    );
  } catch {
    return await read();
  }
}

/** Only the connection that asks is there. */
function registriesEmpty(figures: Leftovers['after']): boolean {
  return Object.entries(figures).every(([name, value]) =>
    name === 'tokenwire_connections' ? value === 1 : !name.startsWith('tokenwire_') || value === 0,
  );
}

function differences(before: Leftovers['before'], after: Leftovers['after']): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => (before[name] ?? 0) !== (after[name] ?? 0));
}

function render({ generations, seconds, before, after, left }: Leftovers): string {
  const rows = Object.keys({ ...before, ...after }).map(
    (name) => `${name.padEnd(48)} ${String(before[name] ?? 0).padStart(6)} ${String(after[name] ?? 0).padStart(6)}`,
  );
  const verdict = left.length === 0 ? 'Nothing is left.' : `Left: ${left.join(', ')}.`;
  return [
    `${'of the server'.padEnd(48)} before  after`,
    ...rows,
    `${generations} answers over ${MODES.length} modes in ${seconds.toFixed(0)} s: ${LIVES.join(', ')}.`,
    verdict,
  ].join('\n');
}
