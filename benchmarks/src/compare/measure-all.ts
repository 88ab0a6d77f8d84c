import { Listr, ListrLogger, ProcessOutput, type ListrTask } from 'listr2';

import { measureRun, measureWire, type Bench, type RunResult, type WireResult } from './measure-run.js';
import { MEASURED, type Measured } from './modes.js';
import { blockOrders } from './order.js';
import { validateEqual } from './validate.js';

/** Everything that was measured. */
export interface Measurements {
  /** In the order in which they were made. */
  readonly runs: readonly RunResult[];
  readonly wire: readonly WireResult[];
}

/**
 * Counts bytes of all modes, then measures every mode once in each block, in shuffled order.
 * Shows its progress on standard error.
 * @throws {InvalidMeasurement} when a stream is not what it should be; whatever interrupted it.
 */
export async function measureAll(bench: Bench): Promise<Measurements> {
  const runs: RunResult[] = [];
  const wire: WireResult[] = [];
  const { runs: blocks, seed } = bench.options;
  const tasks: ListrTask[] = [
    {
      title: 'count bytes on the wire, all modes at once',
      task: async () => void wire.push(...(await Promise.all(MEASURED.map((mode) => measureWire(mode, bench))))),
    },
    ...blockOrders(seed, blocks).map((order, index) => blockTask(index + 1, order, bench, runs)),
  ];
  await progress(tasks);
  return { runs, wire };
}

function blockTask(block: number, order: readonly Measured[], bench: Bench, runs: RunResult[]): ListrTask {
  return {
    title: `block ${block} of ${bench.options.runs}: ${order.join(', ')}`,
    task: async () => {
      for (const mode of order) {
        runs.push(await measureRun(mode, block, bench));
        // At once and not at the end: whatever differs makes the rest a waste of time.
        validateEqual(runs.flatMap(({ streams }) => streams));
      }
    },
  };
}

/**
 * Runs tasks one after the other. Standard output stays free for the result. `lazy`: the screen changes when a task does,
 * not ten times a second, which would disturb what this same process measures.
 */
function progress(tasks: ListrTask[]): Promise<unknown> {
  const logger = new ListrLogger<never>({
    useIcons: true,
    processOutput: new ProcessOutput(process.stderr, process.stderr),
  });
  return new Listr(tasks, {
    renderer: process.stderr.isTTY && process.stderr.columns > 0 ? 'default' : 'simple',
    rendererOptions: { lazy: true, logger, showErrorMessage: false },
    registerSignalListeners: false,
  } as ConstructorParameters<typeof Listr>[1]).run();
}
