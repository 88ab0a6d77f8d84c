import { InvalidMeasurement } from '../compare/failures.js';
import type { RawLine, RawTrial } from '../raw/raw.js';
import type { Cell } from '../scenarios/scenario.js';
import { expectedMs, type ScenarioPlan } from './plan.js';
import { Trial, type Laboratory } from './trial.js';

/** Invalid trials in a row after which going on would only waste time. */
const GIVE_UP_AFTER = 4;

export interface RunnerOptions {
  readonly laboratory: Laboratory;
  /** Takes each line as soon as it is complete. */
  readonly write: (lines: readonly RawLine[]) => void;
  /** Called after each trial. */
  readonly onTrial?: (trial: RawTrial) => void;
}

/** Runs plans trial by trial. */
export class Runner {
  readonly #options: RunnerOptions;
  #trials = 0;
  #invalidInARow = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /**
   * Runs all blocks of a scenario.
   * @param onCell called before each trial.
   * @throws {InvalidMeasurement} when one trial after the other fails; the signal's reason when it was interrupted.
   */
  async run(plan: ScenarioPlan, onCell: (block: number, cell: Cell) => void): Promise<void> {
    for (const [index, cells] of plan.blocks.entries()) {
      const block = index + 1;
      const repeat: Cell[] = [];
      for (const cell of cells) {
        onCell(block, cell);
        const verdict = await this.#measure(plan, block, cell);
        if (verdict === 'CONTAMINATED') repeat.push(cell);
      }
      // The rule is fixed before anything is known of the figures: what was disturbed is measured once more.
      for (const cell of repeat) {
        onCell(block, cell);
        await this.#measure(plan, block, cell);
      }
    }
  }

  async #measure({ scenario, cells }: ScenarioPlan, block: number, cell: Cell): Promise<RawTrial['verdict']> {
    const { laboratory, write, onTrial } = this.#options;
    laboratory.signal.throwIfAborted();
    this.#trials += 1;
    const order = cells.indexOf(cell);
    const trial = new Trial(laboratory, { scenario: scenario.name, trial: this.#trials, block, order });
    const measured = await trial.measure(scenario, cell);
    write([...measured.streams, measured.trial]);
    onTrial?.(measured.trial);
    const { verdict, reasons } = measured.trial;
    this.#invalidInARow = verdict === 'INVALID' && scenario.mayBreak !== true ? this.#invalidInARow + 1 : 0;
    if (this.#invalidInARow >= GIVE_UP_AFTER) {
      throw new InvalidMeasurement(
        `${GIVE_UP_AFTER} trials in a row failed, the last one (${scenario.name}, ${cell.target.name}) because: ${reasons.join('; ')}`,
      );
    }
    return verdict;
  }
}

/** Tells how long the rest will take: what was expected of it, corrected by how wrong that was so far. */
export class TimeLeft {
  #expectedMs: number;
  #doneMs = 0;
  readonly #startMs = performance.now();

  constructor(plans: readonly ScenarioPlan[]) {
    this.#expectedMs = plans.flatMap(({ blocks }) => blocks.flat()).reduce((sum, cell) => sum + expectedMs(cell), 0);
  }

  /** All of it, before anything was done, in milliseconds. */
  get totalMs(): number {
    return this.#expectedMs + this.#doneMs;
  }

  done(cell: Cell): void {
    this.#doneMs += expectedMs(cell);
    this.#expectedMs = Math.max(0, this.#expectedMs - expectedMs(cell));
  }

  /** `12 min`, `40 s`. */
  toString(): string {
    const pace = this.#doneMs > 20_000 ? (performance.now() - this.#startMs) / this.#doneMs : 1;
    return durationOf(this.#expectedMs * pace);
  }
}

/** For people: `12 min`, `40 s`. */
export function durationOf(ms: number): string {
  return ms >= 90_000 ? `${Math.round(ms / 60_000)} min` : `${Math.ceil(ms / 1000)} s`;
}
