#!/usr/bin/env node
import { openStream } from '@tokenwire/client-kit';
import { Generations, TickClock } from '@tokenwire/generation-log';
import { randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';

import { drawPlan } from '../draw.js';
import { live, type Life } from '../life.js';
import { without } from '../plan.js';
import { RULES } from '../verdict.js';
import { explore } from './explore.js';
import { readOptions, USAGE, type Options } from './options.js';
import { shrink } from './shrink.js';
import { describeTotals, type Totals } from './totals.js';
import { unsettleSystem } from './unsettle.js';

const CORE = { Generations, TickClock, openStream };
const print = (text: string): void => void process.stdout.write(`${text}\n`);

process.exitCode = await main();

async function main(): Promise<number> {
  let options: Options | undefined;
  try {
    // Room above it for as many lives as anybody has time for.
    options = readOptions(process.argv.slice(2), availableParallelism(), randomInt(2 ** 31));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (!options) return (print(USAGE), 0);
  return options.lives === 1 ? await one(options) : await many(options);
}

/** One life, as its seed says, with what happens in it. */
async function one({ seed, trace, without: ids }: Options): Promise<number> {
  unsettleSystem();
  const life = await live(without(drawPlan(seed), ids), CORE, trace ? print : undefined);
  if (life.violations.length === 0) {
    print(`\nseed ${seed}: ${life.tally.events} events delivered\n\n1 passed, 0 failed`);
    return 0;
  }
  await report(life, ids);
  print('\n0 passed, 1 failed');
  return 1;
}

async function many(options: Options): Promise<number> {
  const { lives, seed } = options;
  print(`${lives} lives from seed ${seed}`);
  const interrupt = new AbortController();
  // It may come twice: from the terminal, and passed on by npm.
  process.on('SIGINT', () => interrupt.abort());
  const startedMs = performance.now();
  const seconds = (): number => (performance.now() - startedMs) / 1_000;
  const { totals, failed } = await explore(options, interrupt.signal, progress(lives, seconds));
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  print(`\n${describeTotals(totals, seconds())}`);
  if (failed.length > 0) {
    print(`\nFAILED seeds: ${failed.join(' ')}`);
    unsettleSystem();
    await report(await live(failed[0] ?? 0, CORE), new Set());
  }
  if (interrupt.signal.aborted) print('\ninterrupted');
  print(`\n${totals.lives - failed.length} passed, ${failed.length} failed`);
  return interrupt.signal.aborted ? 130 : Math.min(1, failed.length);
}

/** The broken promises of a life, and the smallest life that breaks the first of them, with its course. */
async function report(life: Life, left: ReadonlySet<string>): Promise<void> {
  for (const { rule, detail, atMs } of life.violations) {
    print(`\n${rule}: ${detail}, at ${atMs.toFixed(1)} ms\n  (${RULES[rule]})`);
  }
  const { life: smallest, dropped } = await shrink(life, CORE);
  print('\nThe smallest part of it that still fails:\n');
  await live(smallest.plan, CORE, print);
  const parts = [...left, ...dropped];
  const rest = parts.length > 0 ? ` --without ${parts.join(',')}` : '';
  print(`\nAgain: npm run test:lives -- --seed ${life.plan.seed} --trace${rest}`);
}

/** A line that says how far it is: over itself on a terminal, every ten seconds elsewhere. */
function progress(lives: number, seconds: () => number): (totals: Totals) => void {
  let shownAt = 0;
  return (totals) => {
    const now = seconds();
    if (now - shownAt < (process.stderr.isTTY ? 0.2 : 10)) return;
    shownAt = now;
    const leftSeconds = Math.round((now / totals.lives) * (lives - totals.lives));
    const line = `${totals.lives} of ${lives} lives, ${totals.events} events, about ${leftSeconds} s left`;
    process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${line}` : `${line}\n`);
  };
}
