import { join } from 'node:path';

import { Listr, ListrLogger, ProcessOutput, type ListrTask } from 'listr2';

import { METHODOLOGY, type RawTrial } from '../raw/raw.js';
import { RawWriter } from '../raw/write.js';
import { describeRun } from '../run/describe.js';
import { planOf, type ScenarioPlan } from '../run/plan.js';
import { durationOf, Runner, TimeLeft } from '../run/runner.js';
import type { Laboratory } from '../run/trial.js';
import { percentile } from '../statistics/percentile.js';
import { Traces } from '../trace/traces.js';
import { chooseTargets, preparePlans } from './equipment.js';
import type { BenchOptions } from './options.js';

/** Raw data of a run, below its folder. */
export const RAW_FILE = 'raw.jsonl';

/**
 * Measures what was asked for, and writes `raw.jsonl` while it does: whatever ends it, finished trials are kept.
 * @throws {UsageError} before anything is written, for targets that are not there; {InvalidMeasurement} when one trial
 * after the other fails; the signal's reason when it was interrupted.
 */
export async function measure(options: BenchOptions, signal: AbortSignal): Promise<void> {
  const { targets, ...chosen } = chooseTargets(options);
  const wanted = options.scenarios.map((scenario) => planOf(scenario, { ...options, targets }));
  const { plans, openFront, networks, ...prepared } = await preparePlans(wanted);
  const missing = [...chosen.missing, ...prepared.missing];
  const versions = { ...chosen.versions, ...prepared.versions };
  const traces = new Traces();
  const writer = new RawWriter(join(options.out, RAW_FILE));
  try {
    for (const { cells } of plans) for (const { load } of cells) traces.get(load.trace);
    const { plan, seed, blocks, argv } = options;
    const manifest = describeRun({
      ...{ plan, seed, blocks, versions, missing, networks, argv },
      traces: traces.summaries(),
    });
    writer.write([{ kind: 'manifest', methodology: METHODOLOGY, manifest }]);
    for (const what of missing) process.stderr.write(`left out: ${what}\n`);
    const others = options.scenarios.filter(({ recordable }) => !recordable).map(({ name }) => name);
    if (options.recording && others.length > 0) {
      process.stderr.write(`play traces of their own, not the recording: ${others.join(', ')}\n`);
    }
    await runPlans(plans, { traces, openFront, ceiling: {}, signal }, writer);
  } finally {
    writer.close();
    traces.close();
  }
}

async function runPlans(
  plans: readonly ScenarioPlan[],
  laboratory: Laboratory & { readonly ceiling: Record<string, number> },
  writer: RawWriter,
): Promise<void> {
  const left = new TimeLeft(plans);
  process.stderr.write(`about ${durationOf(left.totalMs)}; Ctrl-C keeps what is done\n`);
  const ceilings: RawTrial[] = [];
  const onTrial = (trial: RawTrial): void => void (trial.scenario === 'ceiling' && ceilings.push(trial));
  const runner = new Runner({ laboratory, write: (lines) => writer.write(lines), onTrial });
  const tasks = plans.map((plan): ListrTask => ({
    title: plan.scenario.title,
    task: async (_, task) => {
      const count = plan.blocks.length;
      await runner.run(plan, (block, cell) => {
        const where = [cell.target.name, cell.point].filter(Boolean).join(', ');
        task.title = `${plan.scenario.title}: block ${block} of ${count}, ${where} (${left.toString()} left)`;
        left.done(cell);
      });
      task.title = plan.scenario.title;
      // What follows is held against it.
      Object.assign(laboratory.ceiling, ceilingsOf(ceilings));
    },
  }));
  await new Listr(tasks, listrOptions()).run();
}

/** Standard output stays free for the result. `lazy`: the screen changes when something happened, not ten times a second. */
function listrOptions(): ConstructorParameters<typeof Listr>[1] {
  const logger = new ListrLogger<never>({
    useIcons: true,
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  return {
    renderer: process.stderr.isTTY && process.stderr.columns > 0 ? 'default' : 'simple',
    rendererOptions: { lazy: true, logger, showErrorMessage: false },
    registerSignalListeners: false,
  };
}

/** Tokens per second by the reader's key: the median of its trials. */
function ceilingsOf(trials: readonly RawTrial[]): Record<string, number> {
  const keys = new Set(trials.map(({ target }) => target));
  return Object.fromEntries(
    [...keys].map((key) => {
      const values = trials.flatMap(({ target, values: { ceilingTokensPerSecond } }) =>
        target === key && ceilingTokensPerSecond !== undefined ? ceilingTokensPerSecond : [],
      );
      return [key, percentile(values, 50)];
    }),
  );
}
